// Preloaded into relsweep by the end-to-end tests: counts the system calls that change or lock
// files under one directory, and at the N-th of them ends the process or fails the call. It can
// also make the wall clock step. Nothing of it is part of the product.
//
//     SHIM_UNDER=DIR            counts calls whose path, or whose file, is under DIR
//     SHIM_LOG=FILE             one line for each of them: number, call, path, bytes or flags
//     SHIM_KILL=N:before        SIGKILL in place of the N-th call
//     SHIM_KILL=N:half          half of the N-th call's bytes are written, then SIGKILL
//     SHIM_KILL=N:after         SIGKILL when the N-th call has been done
//     SHIM_FAIL=N:ERRNO         the N-th call fails with that number and does nothing
//     SHIM_FAIL=N:ERRNO:half    half of its bytes are written, and the next call fails
//     SHIM_FAIL=N:0:half        half of its bytes are written, as a system call may
//     SHIM_FAIL=N+:ERRNO        it and all later ones fail
//     SHIM_CLOCK=MS             the wall clock is MS milliseconds ahead (or -behind)
//     SHIM_CLOCK_FROM=N         ... only from the N-th call on
//
// The path of a descriptor is asked of /proc, so nothing needs to be remembered between calls; the
// only state is the count.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static atomic_long call_count;
static const char *under;
static const char *log_path;
static long kill_at, fail_at, clock_from;
static char kill_how;
static int fail_number, fail_is_half, fail_goes_on;
static long long clock_milliseconds;

__attribute__((constructor)) static void read_settings(void) {
    under = getenv("SHIM_UNDER");
    log_path = getenv("SHIM_LOG");
    const char *text = getenv("SHIM_KILL");
    char *rest = NULL;
    if (text) {
        kill_at = strtol(text, &rest, 10);
        kill_how = *rest == ':' ? rest[1] : 'b';
    }
    text = getenv("SHIM_FAIL");
    if (text) {
        fail_at = strtol(text, &rest, 10);
        if (*rest == '+') {
            fail_goes_on = 1;
            rest += 1;
        }
        fail_number = *rest == ':' ? (int)strtol(rest + 1, &rest, 10) : EIO;
        fail_is_half = strcmp(rest, ":half") == 0;
    }
    text = getenv("SHIM_CLOCK");
    if (text) clock_milliseconds = strtoll(text, NULL, 10);
    text = getenv("SHIM_CLOCK_FROM");
    if (text) clock_from = strtol(text, NULL, 10);
}

// MARK: Which calls count

static int lies_under(const char *path) {
    if (!under || !path) return 0;
    size_t length = strlen(under);
    return strncmp(path, under, length) == 0 && (path[length] == '/' || path[length] == 0);
}

/// The path of a descriptor, or an empty text.
static void path_of(int descriptor, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t count = readlink(link, path, size - 1);
    path[count < 0 ? 0 : count] = 0;
}

static void note(long number, const char *name, const char *path, long amount) {
    if (!log_path) return;
    char line[4500];
    int count = snprintf(line, sizeof line, "%ld %s %s %ld\n", number, name, path, amount);
    long file = syscall(
        SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    syscall(SYS_write, file, line, count < (int)sizeof line ? count : (int)sizeof line - 1);
    syscall(SYS_close, file);
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/// What is to happen to a call.
struct decision {
    int counts;
    int fails;
    /// Of a write: do half of it first.
    int half;
    int dies_after;
};

static struct decision decide(const char *name, const char *path, long amount) {
    struct decision decision = {0};
    if (!lies_under(path)) return decision;
    long number = atomic_fetch_add(&call_count, 1) + 1;
    decision.counts = 1;
    note(number, name, path, amount);
    if (number == kill_at) {
        if (kill_how == 'b') die();
        decision.half = kill_how == 'h';
        decision.dies_after = 1;
    }
    if (fail_at && number == fail_at && fail_is_half) {
        decision.half = 1;
    } else if (fail_at && number == fail_at + 1 && fail_is_half) {
        decision.fails = fail_number != 0;
    } else if (fail_at && (number == fail_at || (fail_goes_on && number > fail_at))) {
        decision.fails = 1;
    }
    return decision;
}

static struct decision decide_file(const char *name, int descriptor, long amount) {
    char path[4200];
    int saved = errno;
    path_of(descriptor, path, sizeof path);
    struct decision decision = decide(name, path, amount);
    errno = saved;
    return decision;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/// A call without bytes of its own.
#define AROUND(type, made, call)                                                                \
    do {                                                                                        \
        struct decision chosen = made;                                                          \
        if (chosen.fails) {                                                                     \
            errno = fail_number;                                                                \
            return (type)-1;                                                                    \
        }                                                                                       \
        type result = call;                                                                     \
        if (chosen.dies_after) die();                                                           \
        return result;                                                                          \
    } while (0)

// MARK: Opening

static int changes(int flags) {
    return (flags & (O_CREAT | O_TRUNC)) || (flags & O_ACCMODE) != O_RDONLY;
}

#define MODE(flags, last)                                                                       \
    mode_t mode = 0;                                                                            \
    if (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE) {                             \
        va_list list;                                                                           \
        va_start(list, last);                                                                   \
        mode = (mode_t)va_arg(list, unsigned);                                                  \
        va_end(list);                                                                           \
    }

int open(const char *path, int flags, ...) {
    MODE(flags, flags)
    if (!changes(flags)) return REAL(open)(path, flags, mode);
    AROUND(int, decide("open", path, flags), REAL(open)(path, flags, mode));
}

int open64(const char *path, int flags, ...) {
    MODE(flags, flags)
    if (!changes(flags)) return REAL(open64)(path, flags, mode);
    AROUND(int, decide("open", path, flags), REAL(open64)(path, flags, mode));
}

int openat(int directory, const char *path, int flags, ...) {
    MODE(flags, flags)
    if (!changes(flags)) return REAL(openat)(directory, path, flags, mode);
    AROUND(int, decide("openat", path, flags), REAL(openat)(directory, path, flags, mode));
}

// MARK: Writing

ssize_t write(int descriptor, const void *bytes, size_t count) {
    struct decision chosen = decide_file("write", descriptor, (long)count);
    if (chosen.half && count / 2 > 0) {
        ssize_t done = REAL(write)(descriptor, bytes, count / 2);
        if (chosen.dies_after) die();
        return done;
    }
    if (chosen.fails) {
        errno = fail_number;
        return -1;
    }
    ssize_t result = REAL(write)(descriptor, bytes, count);
    if (chosen.dies_after) die();
    return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    struct decision chosen = decide_file("pwrite", descriptor, (long)count);
    if (chosen.half && count / 2 > 0) {
        ssize_t done = REAL(pwrite)(descriptor, bytes, count / 2, offset);
        if (chosen.dies_after) die();
        return done;
    }
    if (chosen.fails) {
        errno = fail_number;
        return -1;
    }
    ssize_t result = REAL(pwrite)(descriptor, bytes, count, offset);
    if (chosen.dies_after) die();
    return result;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    AROUND(
        ssize_t, decide_file("writev", descriptor, count),
        REAL(writev)(descriptor, parts, count));
}

int ftruncate(int descriptor, off_t size) {
    AROUND(
        int, decide_file("ftruncate", descriptor, (long)size),
        REAL(ftruncate)(descriptor, size));
}

// MARK: Making durable, and locking

int fsync(int descriptor) {
    AROUND(int, decide_file("fsync", descriptor, 0), REAL(fsync)(descriptor));
}

int fdatasync(int descriptor) {
    AROUND(int, decide_file("fdatasync", descriptor, 0), REAL(fdatasync)(descriptor));
}

int flock(int descriptor, int operation) {
    AROUND(int, decide_file("flock", descriptor, operation), REAL(flock)(descriptor, operation));
}

// MARK: Names

int rename(const char *from, const char *to) {
    AROUND(int, decide("rename", to, 0), REAL(rename)(from, to));
}

int link(const char *from, const char *to) {
    AROUND(int, decide("link", to, 0), REAL(link)(from, to));
}

int unlink(const char *path) { AROUND(int, decide("unlink", path, 0), REAL(unlink)(path)); }

int rmdir(const char *path) { AROUND(int, decide("rmdir", path, 0), REAL(rmdir)(path)); }

int mkdir(const char *path, mode_t mode) {
    AROUND(int, decide("mkdir", path, (long)mode), REAL(mkdir)(path, mode));
}

// MARK: The wall clock

static long long step(void) {
    return atomic_load(&call_count) >= clock_from ? clock_milliseconds : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        long long milliseconds = step();
        time->tv_sec += milliseconds / 1000;
        time->tv_nsec += milliseconds % 1000 * 1000000;
        if (time->tv_nsec < 0) {
            time->tv_nsec += 1000000000;
            time->tv_sec -= 1;
        } else if (time->tv_nsec >= 1000000000) {
            time->tv_nsec -= 1000000000;
            time->tv_sec += 1;
        }
    }
    return result;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
    (void)zone;
    struct timespec time;
    if (clock_gettime(CLOCK_REALTIME, &time) != 0) return -1;
    result->tv_sec = time.tv_sec;
    result->tv_usec = time.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
