# Compiler options of our own targets: warnings are errors, and floating point means what the source says.
add_library(activation_options INTERFACE)
target_compile_options(activation_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror>
  # A product and a sum stay two roundings unless the formula says fma: the same bits on every host depend on it.
  $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off>
  # Vectors as template arguments lose their alignment attribute; Highway is built on that being harmless.
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-ignored-attributes -Wno-psabi>
  # GCC 12 at -O3 is wrong about maps in aggregates (uninitialised) and `"text" + string` (overlap, its bug 105651).
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized -Wno-restrict>
  # Clang asks for the braces of an array that is a struct's only member.
  $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wno-missing-braces>)
if(CMAKE_UNITY_BUILD)
  # What a class hides in its file looks as if it were in a header.
  target_compile_options(activation_options INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
endif()

if(ACTIVATION_SANITIZE)
  target_compile_options(activation_options INTERFACE -fsanitize=${ACTIVATION_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(activation_options INTERFACE -fsanitize=${ACTIVATION_SANITIZE})
  if(ACTIVATION_SANITIZE STREQUAL "thread" AND NOT ACTIVATION_ENGINE_ONLY)
    include(ThreadSanitizer)
  endif()
endif()
