#include "client/cli/app.h"

int main(int argc, char** argv) { return activation::cli::Main(argc, argv); }
