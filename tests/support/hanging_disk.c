// SPDX-License-Identifier: Apache-2.0
// To be preloaded: fsync and fdatasync wait while the file named by PARALLAX_HANGING_DISK exists,
// as they do on a disk that does not answer.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void hang(void) {
  const char* file = getenv("PARALLAX_HANGING_DISK");
  const struct timespec pause = {0, 5 * 1000 * 1000};
  while (file != NULL && access(file, F_OK) == 0) nanosleep(&pause, NULL);
}

int fsync(int descriptor) {
  hang();
  return (int)syscall(SYS_fsync, descriptor);
}

int fdatasync(int descriptor) {
  hang();
  return (int)syscall(SYS_fdatasync, descriptor);
}
