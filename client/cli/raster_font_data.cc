// The glyphs of raster_font.h. Made by scripts/raster_font.py of DejaVu Sans, whose glyphs are
// free to be used in any work (https://dejavu-fonts.github.io/License.html).
#include "client/cli/raster_font.h"

namespace activation::cli {

const char kGlyphPixels[] =
    "eNrdO21wXNV19+2ntLuSt+PAJARJ6xliEwjS8ouPmViCdiahCZacXykplkiaPzV4lbT90Yaybkqn6TRklZZJ25nAih"
    "bS/gBWDRlMpsCKJjUNU7yCQlug9ZNsMBisfUiyvNqvd3u+7t0nYbCMDaF9M9KePe/ee84999xzzzn3rFLlt5VSSQ3/"
    "Ngv6CJbm4F93G8HCLPyLN9Vpno0jjL4d0hkV0WpoedNfzvvjeBlVGWN4dE4NLDHY1VDRtjQpT6jCFIO9yyq1ymAYZg"
    "59FXAmz0kYwcAj2MTLqsoEtx6ex770xJrUl57SfpWfZrDnpErUEEiZMWaUqghI8uxe6wjWHVGlSQYHFlTPCoPRlgqZ"
    "oYtTKjfDILAMfeXpmXw3YK+7eCALn59Fijiie6zvG1c9AhzrLLeBJRbAFyCuJxlwvNYdPM4urU/8JaFuh3HuI1zfP3"
    "lNofUZnWUgrCcYcAwAdFT3A9t6fudeaJzQuqr1P8KLzz/unbj7TMwb4LLDB/EjcQr/79S6zmJBKbS27YMlcg4j/ZCf"
    "UUWQfHE/vhqfVZE2rT+vDy4XrEfnVVedvnCv8GKaxdrctm/VKg/QasBiOvecQEYuqx5Ugwshl1aRlP+UKv8s6rE6RJ"
    "tqYEV1sUicagaJA0nSiEkkGdKskMwXv8JFtr2IITMgMWRpEUMhZkNFHlp8LCsKAavBKhjTj6jtP2a22nYn9HQ2bdK3"
    "YERPW7jSMFC3tujiq0VEF+ZUVE90I7o0A7KGF4AG9gZquJbTET+thnFRSo0k8D6E+pjQlSNAl1gooRLEadRxjbut3N"
    "rt/Lr26kxN69eTGtfqmkOLB9JOpYYG4T3/zv5JInsx4sZFseZQ7D1rJASUYRHVowcnG9Io3PGTtAHwVQEF26XTBmQs"
    "NeC21I1H4MF6SKOIBFNjc4M85GkZPTQhcdLcfjI5pVnqjCanl3ZzedYSHV+hd7jywzVLlEDGUgNuS9161+xgNG7vqq"
    "VGhJkHlQx8/BV+/L4q/Tw588WGCpcffKYJE4lUWjg+fEA3QUoT6bB+lHN5Yh1lVbm584g2FhfktcXAkx8sydIy6j/I"
    "v7wA0q/jeQJf8qD5iSOs8TPd2lqP93624Ph6TgBewShu4UTdLO0oKlphRpQtjIpAq51CFaGDlRgr70dLnj19d7SX3B"
    "32Mtsh6g7PpYdOfIMMm6d1G9V7V3vkAu85tBkwvZ111DUQaAI6diPtCOz2FDLrwF7vJcPjzaoB2iTunBqizVEJAPaV"
    "bWy72wEtCVV5jol22LCMWVY/9gcumzMXDTc+z/zugDFwWz4KQIH0MNsBnM8/Xn15xLgIzTSeaV9V12rYwN2ILp6SAf"
    "qNKe8xmtfbEmDcOALuEf5MkFlFctIpjuPhk2+lBfHUGRAxg+jlvRMA1PYHD7/yTTyk8LsPKxQ+cL3a4YoXpQYNhwlj"
    "sxPm8OkXeWx3nyPOtf5PJcCbGfPqVWnc56dls2lxucJmYmHZy8C3nNWDQCJ55zZ1lfeaCLMNb5zfeLb6snRWeXbhVM"
    "gTINUSIH+QgXB1OwOpWoyBwiwD4WqWATg8GCjOMhDxswz0rSkG4NxkoMgSW+kAPJsRtTnAw06z6wCZ/3sC/1Z9iX1V"
    "0Sj16JXOF4wGqKLRlh6zKF06a6iObQDsK9sYuyfv3gYDPhVQWpTzL5h351uHX74FgX2ad2Fc/0t665+hxakbPZ0zjs"
    "iE8T1kpVPt8EOLD6DWNXGHAIktfnt3qNhCK05GdAL0kCzajOohIVXmQc+yHIXEDSZk2qgS9RpDrYRxcD+EwTqQE6ri"
    "Ty7eT2pKz4QBZA36jRrna4bvBaN904bvjW1zRrqVZdN2xohSZNrrb9y3ZWkb8mY2aLUVu5VdSeICtfcwCYpdexCU49"
    "YzW0tNXLz9GI1lefGiMFScgREVRiVJIK/5NWiMGy3ysNbHcevFIDBp4nRKb2TCpRoyMcEz7GGzPC1GDFZPgFnzaoYW"
    "hv6FPOzeCjDWYRWAV2jFPwNv0M447huZC8HwA6uAHwWivW3xVemYwPUcXiOFnDSYaWljiI6CZiPRC6s4EBJ9DcXofK"
    "v60jY9tVHRjEkZFEPk4GGmDlzp3OaP8MGhX0D8jicWH11/qJc2Garaxu8Ezqp7Eln1YALDoMFxnPvDmU6zyA8MFLrL"
    "2ELnVq1/zuBXPP1fvHNv8PRxVtJLXf2mqFVFv3WLOZj0v3eCAf3WmIGx9Yj5goNkzRcc23ASIBnkZB2DZ/LHzuQJBV"
    "oHBnn/z8F0Z2z/AQs/rP27DRx9Ure/bb5cWNGtW4JisTK6xtOv2f5FO52rXYPe4RqJdgYJjB0gGeQkwOA6V/kJslY3"
    "wvxhS/S+kb0AT9zvd0xMrxghsSJ5dh32sA+wj8/1PfzRzx/mvCksiYkSt+Ht09E3Rrq4tN5mqwt+ePiEFd3H6ax6UY"
    "yf++aX0ltvl4zBngapzc1EO+JNygZEbvuNm3PxKfZKnbsW/2JgNlwFraqmVR+4GblZVZpQcZh6+UV1I+z10WmVXIHJ"
    "Z2H7g6MJfuQ8e7AQ/QA4MKsSaDry9G1olmNBCMS3zGFjepejUQL9SmMqZcfEHIOl98/fO4LJAuFFtyjMmiI++/nkG1"
    "wNSivqTwS/3lEnaX2BZRbxjn9JgVzkGPkEyexNs8MufLD63z8wwh3qHMXGl3TNOTS+IkJMtjhTB1xPDHOSIz+vKjQ8"
    "RKUxsnoYpLKcMTykEBG/Uuwa9038yukpiA2GeauNqW7yM7tBQkxtfFnlVsTlSLUl5WA8s9xqgenDeYHuof8yBbBazg"
    "Ly265FfaVANgXGjl25/Kqg0OQzCqMoRNFhRK6mvt+M1Z6UsXZ4ZqwocMAd8dAkFNpRRqGHwCh3SVDjLW4VusMfkeH9"
    "MR5+8QBL3zo1NxLNEeTujeucqz3YHznSgE+8DV4GubJqkg+x9ce2GrIZmFGbrhuvvRPqvO306IzSGblDrcOBcOXirr"
    "0ZOW2NBLiHqfmLj+1Wxl/X/vfFgXY+52L8xOKIe89btzrfsGCPXSHyBwREB0hAPPyNNw7x6jvBQINAt8BgARIdwpYd"
    "5yphMsA6TOinY50JwSkfACY3RAibAyQcCwDvb5x3GXluI1ALfE6u63Lmz+CUp95H//f+xOwsBE3fJOiLROQRWpDj16"
    "ntZdzvrHjhZzva2BVwb4N6G1DmgIaz2qfI5Q6A0gB9NemGoAyGoJBAUAiTX8fsRDnZCExu/R7tFmb9P8yEXrmzM8fc"
    "SWMgYtbanAPSXhUM25uCD4bQuyDP59+H8o+WjXwPdHJDhQZ8gdMhVj1g1+iToNk0y4uNWb8C/yHqs/4Et9rpS3J0F/"
    "nugNrj0xk6XMu1M6zTrqQzhrXoZ1gf8tnpGa7tYYg6jikz1pgwscsMzxAxQRDxtcs3BmwnzIYXBKDzvRvP/ZNj284n"
    "R0Au2V/aKBFNMEZPEB8RXMDzvX+N4L3oFeReIPjruBkrdxI84Y3B/0sYLkIw1owwPLyselcFTq2p8XmBY21VnhLY8a"
    "7XWYFV6R9aysCji6cs3KMXLBwHfTCw2fmbg8mU5FdQBUxyP8zJFEK2UC8YeVvbIE+NnzLIicqcQWIyUpCot4zEpKQg"
    "VfGIQYa8aYOEKFyQqr9pkCp/0iCV+7RBxnTFIFPaICHANUhV5nTMbx9e/BFbUjruj7GL8Hom9IcU8OYotK7UrH3u8z"
    "PGhYhCC2OfvXlrn0sr1j4XVq1bAhFEAAw0CHQLDBYgEeoQFnbKtfVMqtss6zyhtGgrTY2dPPYLwqW27LlSzRiRGUZs"
    "aYuiw7lKiOEmIxLwDxHX6udkCzxPg/ovTwROuuHahtN684j/L6tw87pV0L5NMcQC9xSleudGsXPMh70jgRWTJRN/cm"
    "upnRZhFWsivpB1+/FOw64bo3AuhKKcDqKuwT3KGeb7zPA/k6W4gHLE2MrBRLIcKlMyVsL6b4NNs2LFk4LCWJFR5E7A"
    "Iv50t/HwfZzUGxnnpiqeTLjVLlNyO4EsmvhrwCTeUyYdHfH8v79OmUjhabKwN7hWsFdVOkGcuUJyl1Tn1oizL0vqIv"
    "ZkIJptfi299V44nga0hNPOlx+vnvgRutPyLA8YCDulrM9VmTfcfRRRklAuQaxChwzdEXzYSKxXyZ807EV5w+D5x5cs"
    "tMVKqxKfYpIy6/wmLXWoIhce8Nx0ePGxDA45Itox3DB53sqCpLnl4gIG5MsaTO4VVxSnpsNsJlZFSPQPw2DCU+6amm"
    "If7j1aM7y6cxQdU7QsajnYiAsn5QXJr0d1qWZ2rcl7FkzOIaRXJYeL08QpDdVVCZVygHY+8IWsqXEP1w1eUPq1cM9J"
    "Jt+DHFVuWsOB+L7O0dubfHOAf9E2Vq0kAE/v61jdQn2gb2oVi2SoXKC4pAaWMQ2DXq0aB6M3p4YWVAknN1DHgpfek7"
    "QymGl2x1RijTL7QHAbiCXW4gRWVH+9jcmZi3wOOP8GWfUk8VX5H5xGqbwm86eLUS2VILQdhzVraz8tSC9NP0UCw7Tz"
    "zqZYDVXAMxjLG+gffcOM/c6GVM30tdOsU5+WlRhsmwR0zl6/eKv2NkpQO9tiRlL+5ey/duux/pap1KAbBTJzpaM4kV"
    "dROebkpgGt/KCo1kiKrTewQS2ROYdVAfiNEiuYE6RLC5pVDzDME93VMNFVYTXssYpUjvAlHdhE76S5l6i/I8Y7/zYi"
    "J3ZtKiaAIbpTPHfVZ47jlBFwwkgzrp8zNvmouVUxycWKvUQxNr3Qln0x7kv2bdCY6j5j3JNmy3QZGjF9xNzcCIdzSQ"
    "Ha0Ar9tQL6b11cPodL8OGBRBh5qEya+oBh3E49KIVu1NUIydsb4wwmzB2l3o+2JrlmShtCdKrQEHmc9fCSGYJSpacd"
    "ArbqKKbpI5Kgp0Xa8iGCTHjUXCxcYVYQF9NmNy7W95glBrt3BQd+cNxPqItZvRKIupj0oZveJnFfdfHLZDuj/s89pp"
    "zx10x+IixFa3uOSjEL74ICK3p37ZfI647Hq52U8VOgiAeudK4296IRcx3diyzecMjTuMQlsRHFBvhg7pTqpxqXOqXx"
    "6fgZRfNVqPOt8E5AJP1vO3c8VEcVASLQRX388CsTmP/OGbfsLIHYobeovmypzDebufqx9KfxJMmhIuFZkUOu8Aiko6"
    "4bNlBumWxJhseJArcdjG1je+E4aL5zDTOypQXUT9CChn9YfeYWudCGWer705f8NVhE3gbebDCCicoZJal889XEN+6s"
    "WNP9YgPvT3/sO3ZkQ2jdmmwacL67+BMC8LL2TiyCcV9PX3ocK0WRixwAvQ3anlk1vCoxO1W7WRlFghjbxvay49iRLa"
    "0OdXXNoRN/xHWKWmM8UW5kI5WjcrJW5HIbmnLgACpHxX+qAudStVr1dAPLVqiqN2z10iQ580fNCXH8SueS72akGGSZ"
    "qpUWn/kq3pQdAjsEhmkVbAtqPF3XUG0i1XLg2I0odpqWYanC45zA00j+mEjeP0+SN+M43rH0DpL8zqDko1rsZ9wc+i"
    "kTTeXwdPnO9Rz4kbgosXvhg1zBE9O2GujsgK9UnybgIq69i+l7bwkV1+QUx1IDKpjA6WCxMliNEe4eIlf2/AA4bfO3"
    "7pYwgD/bP7yI6wDrn3WvzgFAy9QFIoq40+CwHlHxxb8N2D0r5c0hQpVXCRF2nydE1HuKWsTJ4cwtdZOxienL+eo01+"
    "YjN6bFk8utcGlYTP9K5VUe1Km8xlSc8jGhgikOIltaEz6K9XOS87v9AZG9i48odWv1J0QazMhrDgSIp5D+PbvDlYUn"
    "dkfwqjYH/kPIezZNGQipzoEZphpifYvLfCdLXNMdPN7mEuuFeS4x5lf+B/cq+iQVl9Ms0MHj82s/M6/K82IVcecTz3"
    "jLTAMOrZ4/AEscDpj6IEwl9eE5TWmzMYpRuLQB5EXp0Ige42NroMZMOXq/RZgWtguNgbEaDroPZ2WoGLIgk1urjxLw"
    "SXY+2FZQWHuUb2FjFHC4s6YIcJ6OazrLY6ZsO4CxbWyvo3z3GdMPm5EtLaB+8H0buo/Mqfp+XAK00u4kmehJlHl4jA"
    "QlcmMxslR5vpv/D6fsIt6C7+IKv572budTD1jiYjjD+scSRLb+BDt1gV+Je1p97knNsWPUmxdxs/3OL6m9X8uE7miC"
    "hLiWLfLnXORGysy0OyA5s7/Kt4SnbfAu4PiylVR/I82nImy8vVU90i3OiTofAK43GYM4LwbXD5Lfg+utKma9wV/2f4"
    "vW+67Fv8PuZLodbz8X1uVlZ+LvTiqUvh3jQxX2gOpf46p4VZpnJO5O+uVCT0MNkd9ZWOiicUJ60p3mwpZRzpeMt01x"
    "k3ik3eRLJVrYeIH8JpRbTuOl1AgeuQm/TlUw6NV7ECAnm2T4hhe8DBaygAWPN1Kn1Cj+BOeUKk8UpkkClene5bBPzl"
    "iXH2mr3hWqmRldKUyp0u/R8nu3r6pYk374kWyDsIYW6zah42q+PlxDDpe4fnqEi024hhOTRBgOJNCfLx/FvBGldzjr"
    "EvHu46RLXLtHxfOW7EVeUni7pA6or811qUk/S+kesE6UJYrAQGEweg76+5jAKh+hoHaEf68yuAZSxuZ+JkT1PCBoqg"
    "hF5xaFTT8fcmf49yYxsJPUHBavV37vIgXReqxCuaVkU2KG8aZw6ErCpEuybGqgveEWpbiwvhz8cs5cJbUsbpnDGckE"
    "TcYCRX9Jdgq6OYbv4hHZTsDUZzhfRcFLiCXpVDhZU2Z5lrg0r1BTnR/m1aTqSX5eVR0xxBlwXzApU1uGPrJ5IGoMXZ"
    "eYamdfQ2Irf8oAkqgwr3B50hvs5FkRtawq15R32ulEHsIfk1CWB38g8ksB4tVfZGXuWsr9nT1m7t0mNIjrswDsSRix"
    "V1Tui4K6zFT8X+TZNU2vb2y7nxVRw6qzq7F+OnaC9sHh91b/FRX9T0ErsNL4YOYCzLD5f+zc4PHvKpNpull4KfsBZV"
    "c+Or+lOsNzepL/C1BCkNI=";
const size_t kGlyphPixelCount = 31132;

const Glyph kGlyphs[kGlyphCount] = {
    {570, 0, 0, 9, 0, 0},           {718, 0, -20, 11, 20, 0},       {824, 0, -20, 13, 20, 220},
    {1502, 0, -21, 23, 21, 480},    {1140, 0, -21, 18, 25, 963},    {1703, 0, -20, 27, 20, 1413},
    {1397, 0, -20, 22, 20, 1953},   {493, 0, -20, 8, 20, 2393},     {699, 0, -21, 11, 25, 2553},
    {699, 0, -21, 11, 25, 2828},    {896, 0, -20, 14, 20, 3103},    {1502, 0, -18, 23, 18, 3383},
    {570, 0, -3, 9, 7, 3797},       {647, 0, -9, 10, 9, 3860},      {570, 0, -3, 9, 3, 3950},
    {604, 0, -20, 10, 23, 3977},    {1140, 0, -20, 18, 20, 4207},   {1140, 0, -20, 18, 20, 4567},
    {1140, 0, -20, 18, 20, 4927},   {1140, 0, -20, 18, 20, 5287},   {1140, 0, -20, 18, 20, 5647},
    {1140, 0, -20, 18, 20, 6007},   {1140, 0, -20, 18, 20, 6367},   {1140, 0, -20, 18, 20, 6727},
    {1140, 0, -20, 18, 20, 7087},   {1140, 0, -20, 18, 20, 7447},   {604, 0, -14, 9, 14, 7807},
    {604, 0, -14, 9, 18, 7933},     {1502, 0, -16, 23, 16, 8095},   {1502, 0, -12, 23, 12, 8463},
    {1502, 0, -16, 23, 16, 8739},   {951, 0, -20, 15, 20, 9107},    {1792, 0, -20, 28, 25, 9407},
    {1226, 0, -20, 19, 20, 10107},  {1229, 0, -20, 19, 20, 10487},  {1251, 0, -20, 20, 20, 10867},
    {1380, 0, -20, 22, 20, 11267},  {1132, 0, -20, 18, 20, 11707},  {1031, 0, -20, 16, 20, 12067},
    {1389, 0, -20, 22, 20, 12387},  {1348, 0, -20, 21, 20, 12827},  {529, 0, -20, 8, 20, 13247},
    {529, -2, -20, 10, 26, 13407},  {1175, 0, -20, 19, 20, 13667},  {998, 0, -20, 16, 20, 14047},
    {1546, 0, -20, 24, 20, 14367},  {1341, 0, -20, 21, 20, 14847},  {1411, 0, -20, 22, 20, 15267},
    {1081, 0, -20, 17, 20, 15707},  {1411, 0, -20, 22, 24, 16047},  {1245, 0, -20, 19, 20, 16575},
    {1138, 0, -20, 18, 20, 16955},  {1095, -1, -20, 19, 20, 17315}, {1312, 0, -20, 21, 20, 17695},
    {1226, 0, -20, 19, 20, 18115},  {1772, 0, -20, 28, 20, 18495},  {1228, 0, -20, 19, 20, 19055},
    {1095, -1, -20, 19, 20, 19435}, {1228, 0, -20, 19, 20, 19815},  {699, 0, -21, 11, 25, 20195},
    {604, 0, -20, 10, 23, 20470},   {699, 0, -21, 11, 25, 20700},   {1502, 0, -20, 23, 20, 20975},
    {896, -1, 0, 16, 7, 21435},     {896, 0, -22, 14, 22, 21547},   {1098, 0, -15, 17, 15, 21855},
    {1138, 0, -21, 18, 21, 22110},  {985, 0, -15, 15, 15, 22488},   {1138, 0, -21, 18, 21, 22713},
    {1103, 0, -15, 17, 15, 23091},  {631, 0, -21, 11, 21, 23346},   {1138, 0, -15, 18, 21, 23577},
    {1136, 0, -21, 18, 21, 23955},  {498, 0, -21, 8, 21, 24333},    {498, -1, -21, 9, 27, 24501},
    {1038, 0, -21, 17, 21, 24744},  {498, 0, -21, 8, 21, 25101},    {1746, 0, -15, 27, 15, 25269},
    {1136, 0, -15, 18, 15, 25674},  {1096, 0, -15, 17, 15, 25944},  {1138, 0, -15, 18, 21, 26199},
    {1138, 0, -15, 18, 21, 26577},  {737, 0, -15, 12, 15, 26955},   {934, 0, -15, 15, 15, 27135},
    {703, 0, -19, 11, 19, 27360},   {1136, 0, -15, 18, 15, 27569},  {1061, 0, -15, 17, 15, 27839},
    {1466, 0, -15, 23, 15, 28094},  {1061, 0, -15, 17, 15, 28439},  {1061, 0, -15, 17, 21, 28694},
    {941, 0, -15, 15, 15, 29051},   {1140, 0, -21, 18, 26, 29276},  {604, 0, -21, 9, 28, 29744},
    {1140, 0, -21, 18, 26, 29996},  {1502, 0, -12, 23, 12, 30464},  {1502, 0, -17, 23, 17, 30740},
};

}  // namespace activation::cli
