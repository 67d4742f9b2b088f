# Libraries from Debian's packages; ./run installs them.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)
pkg_check_modules(TOMLPP REQUIRED IMPORTED_TARGET tomlplusplus)

pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(EPOXY REQUIRED IMPORTED_TARGET epoxy)
if(VOLERY_VIEWER STREQUAL "AUTO")
  pkg_check_modules(IMGUI IMPORTED_TARGET imgui)
  pkg_check_modules(GLFW IMPORTED_TARGET glfw3)
  if(NOT IMGUI_FOUND OR NOT GLFW_FOUND)
    message(STATUS "no volery-view: it needs imgui and glfw3 (libimgui-dev, libglfw3-dev)")
    set(VOLERY_VIEWER OFF)
  endif()
elseif(VOLERY_VIEWER)
  pkg_check_modules(IMGUI REQUIRED IMPORTED_TARGET imgui)
  pkg_check_modules(GLFW REQUIRED IMPORTED_TARGET glfw3)
endif()

# Float Bullet, as a library of functions: shapes, narrowphase, solver. Only src/contact links it.
pkg_check_modules(BULLET_FLOAT REQUIRED IMPORTED_TARGET bullet)
add_library(Bullet::Bullet ALIAS PkgConfig::BULLET_FLOAT)

target_link_libraries(volery_flags INTERFACE PkgConfig::HWY Threads::Threads)
# SSSE3 and AVX3_DL add compile time and no speed over SSE4 and AVX3 for float arithmetic.
set(volery_disabled_targets "HWY_SSSE3|HWY_AVX3_DL")
# Sanitizers look at one narrow and one wide target: the kernels are the same source, the release
# build compares the bits of all targets, and each more is minutes of compile time.
if(VOLERY_SANITIZE)
  string(APPEND volery_disabled_targets "|HWY_SSE4|HWY_AVX3")
endif()
target_compile_definitions(volery_flags INTERFACE "HWY_DISABLED_TARGETS=(${volery_disabled_targets})")
# Random123 includes every intrinsic of the machine for code that we do not call: a tenth of our
# compile time.
target_compile_definitions(volery_flags INTERFACE R123_USE_SSE=0 R123_USE_X86INTRIN_H=0)
