// The instruction set of the lane kernels, for programs and benchmarks.
#pragma once

#include "core/isa.hpp"
