// The counting operator new of the core tests, in this test program too.
#include "tests/core/allocations.cpp"
