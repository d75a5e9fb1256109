#include "tests/generate/support.hpp"
