#include "adapters/stores.hpp"
#include "recorder/cli/cli.hpp"

int main(int argc, char** argv) { return kasauti::recorder::cli::run(argc, argv, kasauti::adapters::stores()); }
