// Ten lines of C++: GELU of three numbers, by the service at argv[1].
#include <activation/client.h>

#include <iostream>

int main(int argc, char** argv) {
  activation::client::Client client({.endpoint = argc > 1 ? argv[1] : "127.0.0.1:50051"});
  const std::vector<float> x = {-1, 0, 1};
  std::vector<float> y(x.size());
  const absl::Status status = client.Forward({.function = "gelu"}, x, absl::MakeSpan(y));
  if (!status.ok()) return std::cerr << status << "\n", 1;
  for (size_t i = 0; i < x.size(); ++i) std::cout << "gelu(" << x[i] << ") = " << y[i] << "\n";
}
