#include "reeve/cli/cli.h"

int main(int argc, char** argv) { return reeve::cli::Main(argc, argv); }
