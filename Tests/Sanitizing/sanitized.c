// Linked into every program that .ci/sanitize builds. REPORTS says where reports go; THREAD is defined for
// ThreadSanitizer.
//
// It holds the sanitizers' options, since tests start programs with an environment of their own.
//
// It also reports to ThreadSanitizer the two calls by which Swift's Mutex hands over a contended lock. On Linux `Mutex`
// (Synchronization) is a futex that passes to the next owner in the kernel. While no thread waits, a lock is one atomic
// exchange, compiled into our own code, where ThreadSanitizer sees it. When one waits, both sides go through the
// two functions below, in a library that is not instrumented: the hand-over is not seen, and access to the guarded state
// looks like a race. MutexProof.swift beside this file shows it in a few lines.
//
// The functions here wrap the library's, call them, and report what they did. Nothing is suppressed: a state that
// is not guarded by the same Mutex is reported as before.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#ifndef THREAD

const char *__asan_default_options(void) { return "detect_leaks=0:log_path=" REPORTS; }

#else

const char *__tsan_default_options(void) { return "log_path=" REPORTS; }

extern void __tsan_acquire(void *);
extern void __tsan_release(void *);

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef __attribute__((swiftcall)) void (*Lock)(uint32_t, __attribute__((swift_context)) void *);
typedef __attribute__((swiftcall)) void (*Unlock)(__attribute__((swift_context)) void *);

// Not cached: dlsym costs little beside a system call, and a cache would be one more thing to guard.
__attribute__((swiftcall)) void lock_slow(
    uint32_t thread, __attribute__((swift_context)) void *handle) __asm__(LOCK_SLOW);
__attribute__((swiftcall)) void lock_slow(
    uint32_t thread, __attribute__((swift_context)) void *handle) {
    ((Lock)dlsym(RTLD_NEXT, LOCK_SLOW))(thread, handle);
    __tsan_acquire(handle);
}

__attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *handle) __asm__(UNLOCK_SLOW);
__attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *handle) {
    __tsan_release(handle);
    ((Unlock)dlsym(RTLD_NEXT, UNLOCK_SLOW))(handle);
}

#endif
