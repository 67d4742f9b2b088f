# Flags of every target. Results must not depend on the build type or the CPU, hence: contraction
# off (GCC's default is on), no -ffast-math, no per-file machine flags. errno and FP traps are not
# used; without them loops over lanes vectorise and the values stay the same.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

add_library(volery_flags INTERFACE)
target_compile_options(volery_flags INTERFACE
  -ffp-contract=off -fno-math-errno -fno-trapping-math
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  $<$<CONFIG:Release>:-O3>)
target_include_directories(volery_flags INTERFACE
  "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src")
target_compile_definitions(volery_flags INTERFACE
  VOLERY_VERSION="${PROJECT_VERSION}" $<$<BOOL:${VOLERY_ASSERTS}>:VOLERY_ASSERTS>)

if(VOLERY_SANITIZE)
  add_compile_options(-fsanitize=${VOLERY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${VOLERY_SANITIZE})
endif()

# volery_precompile(<target> [header...]): an object library that holds the standard headers, and
# those named, ready for other targets of its flags (target_precompile_headers REUSE_FROM). For
# sanitizer builds, of whose time it saves a fifth; the release build reads every header file by file
# and so finds the includes that are missing.
function(volery_precompile target)
  file(CONFIGURE OUTPUT "${target}.cpp" CONTENT "// only a place for the precompiled header\n")
  add_library(${target} OBJECT "${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp")
  target_link_libraries(${target} PRIVATE volery_flags)
  target_precompile_headers(${target} PRIVATE ${ARGN} <algorithm> <array> <cmath> <cstdint> <cstring>
    <filesystem> <functional> <limits> <map> <memory> <numeric> <optional> <span> <string>
    <string_view> <utility> <variant> <vector>)
endfunction()

# One cache for every checkout and build folder: paths below the source tree count as relative ones.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
    "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
endif()
