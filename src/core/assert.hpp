// VOLERY_ASSERT: our own bugs only, never bad input. On in every build that tests run.
#pragma once

#ifdef VOLERY_ASSERTS
#include <cstdio>
#include <cstdlib>
#define VOLERY_ASSERT(condition) \
  ((condition)                   \
       ? (void)0                 \
       : (std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition), std::abort()))
#else
#define VOLERY_ASSERT(condition) ((void)0)
#endif
