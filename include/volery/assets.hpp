// Where vehicles and scenes are read from, for programs and the Python package.
#pragma once

#include "core/assets.hpp"
