// What relsweep uses of libcurl, written down by ourselves: the toolchain brings libcurl.so.4, but not its
// development package. Types, numbers and signatures are libcurl's stable binary interface (soname 4);
// `CurlLibraryTests` asks the library itself for the number of every option.
//
// curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt take a variable last argument, which Swift cannot call:
// each kind of argument has an inline wrapper.
#pragma once

#include <stddef.h>

typedef int relsweep_curl_socket;

struct curl_slist {
    char *data;
    struct curl_slist *next;
};

struct relsweep_curl_message {
    int message;
    void *easy;
    union {
        void *whatever;
        int result;
    } data;
};

struct relsweep_curl_version {
    int age;
    const char *version;
    unsigned int version_number;
    const char *host;
    int features;
    const char *ssl_version;
};

struct relsweep_curl_option {
    const char *name;
    int identifier;
    int type;
    unsigned int flags;
};

typedef size_t (*relsweep_curl_data_callback)(char *, size_t, size_t, void *);
typedef int (*relsweep_curl_prerequest_callback)(void *, char *, char *, int, int);
typedef int (*relsweep_curl_close_socket_callback)(void *, relsweep_curl_socket);
typedef int (*relsweep_curl_socket_option_callback)(void *, relsweep_curl_socket, int);
typedef int (*relsweep_curl_socket_callback)(void *, relsweep_curl_socket, int, void *, void *);
typedef int (*relsweep_curl_timer_callback)(void *, long, void *);

// Called once a process, before anything else.
int curl_global_init(long flags);
const struct relsweep_curl_version *curl_version_info(int age);
const struct relsweep_curl_option *curl_easy_option_by_name(const char *name);

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text);
void curl_slist_free_all(struct curl_slist *list);

void *curl_easy_init(void);
void curl_easy_cleanup(void *easy);
const char *curl_easy_strerror(int code);
int curl_easy_setopt(void *easy, int option, ...);
int curl_easy_getinfo(void *easy, int info, ...);

void *curl_multi_init(void);
int curl_multi_cleanup(void *multi);
int curl_multi_add_handle(void *multi, void *easy);
int curl_multi_remove_handle(void *multi, void *easy);
int curl_multi_socket_action(void *multi, relsweep_curl_socket socket, int events, int *running);
struct relsweep_curl_message *curl_multi_info_read(void *multi, int *left);
int curl_multi_setopt(void *multi, int option, ...);

static inline int relsweep_curl_set_long(void *easy, long option, long value) {
    return curl_easy_setopt(easy, (int)option, value);
}
static inline int relsweep_curl_set_text(void *easy, long option, const char *value) {
    return curl_easy_setopt(easy, (int)option, value);
}
static inline int relsweep_curl_set_pointer(void *easy, long option, void *value) {
    return curl_easy_setopt(easy, (int)option, value);
}
static inline int relsweep_curl_set_list(void *easy, long option, struct curl_slist *value) {
    return curl_easy_setopt(easy, (int)option, value);
}
static inline int relsweep_curl_set_data_callback(
    void *easy, long option, relsweep_curl_data_callback value) {
    return curl_easy_setopt(easy, (int)option, value);
}
static inline int relsweep_curl_set_prerequest_callback(
    void *easy, long option, relsweep_curl_prerequest_callback value) {
    return curl_easy_setopt(easy, (int)option, value);
}
static inline int relsweep_curl_set_close_socket_callback(
    void *easy, long option, relsweep_curl_close_socket_callback value) {
    return curl_easy_setopt(easy, (int)option, value);
}
static inline int relsweep_curl_set_socket_option_callback(
    void *easy, long option, relsweep_curl_socket_option_callback value) {
    return curl_easy_setopt(easy, (int)option, value);
}
static inline int relsweep_curl_get_long(void *easy, long info, long *value) {
    return curl_easy_getinfo(easy, (int)info, value);
}
static inline int relsweep_curl_multi_set_long(void *multi, long option, long value) {
    return curl_multi_setopt(multi, (int)option, value);
}
static inline int relsweep_curl_multi_set_pointer(void *multi, long option, void *value) {
    return curl_multi_setopt(multi, (int)option, value);
}
static inline int relsweep_curl_multi_set_socket_callback(
    void *multi, long option, relsweep_curl_socket_callback value) {
    return curl_multi_setopt(multi, (int)option, value);
}
static inline int relsweep_curl_multi_set_timer_callback(
    void *multi, long option, relsweep_curl_timer_callback value) {
    return curl_multi_setopt(multi, (int)option, value);
}

// Options of an easy handle: a number, plus 10000 for pointers and 20000 for functions.
enum {
    RELSWEEP_CURLOPT_WRITEDATA = 10001,
    RELSWEEP_CURLOPT_URL = 10002,
    RELSWEEP_CURLOPT_PROXY = 10004,
    RELSWEEP_CURLOPT_ERRORBUFFER = 10010,
    RELSWEEP_CURLOPT_WRITEFUNCTION = 20011,
    RELSWEEP_CURLOPT_COPYPOSTFIELDS = 10165,
    RELSWEEP_CURLOPT_USERAGENT = 10018,
    RELSWEEP_CURLOPT_HTTPHEADER = 10023,
    RELSWEEP_CURLOPT_HEADERDATA = 10029,
    RELSWEEP_CURLOPT_SSLVERSION = 32,
    RELSWEEP_CURLOPT_CUSTOMREQUEST = 10036,
    RELSWEEP_CURLOPT_NOPROGRESS = 43,
    RELSWEEP_CURLOPT_FOLLOWLOCATION = 52,
    RELSWEEP_CURLOPT_POSTFIELDSIZE = 60,
    RELSWEEP_CURLOPT_SSL_VERIFYPEER = 64,
    RELSWEEP_CURLOPT_CAINFO = 10065,
    RELSWEEP_CURLOPT_CAPATH = 10097,
    RELSWEEP_CURLOPT_FRESH_CONNECT = 74,
    RELSWEEP_CURLOPT_FORBID_REUSE = 75,
    RELSWEEP_CURLOPT_HEADERFUNCTION = 20079,
    RELSWEEP_CURLOPT_HTTPGET = 80,
    RELSWEEP_CURLOPT_SSL_VERIFYHOST = 81,
    RELSWEEP_CURLOPT_HTTP_VERSION = 84,
    RELSWEEP_CURLOPT_NOSIGNAL = 99,
    RELSWEEP_CURLOPT_TCP_NODELAY = 121,
    RELSWEEP_CURLOPT_SOCKOPTFUNCTION = 20148,
    RELSWEEP_CURLOPT_SOCKOPTDATA = 10149,
    RELSWEEP_CURLOPT_TIMEOUT_MS = 155,
    RELSWEEP_CURLOPT_CONNECTTIMEOUT_MS = 156,
    RELSWEEP_CURLOPT_NOPROXY = 10177,
    RELSWEEP_CURLOPT_PROTOCOLS = 181,
    RELSWEEP_CURLOPT_CLOSESOCKETFUNCTION = 20208,
    RELSWEEP_CURLOPT_CLOSESOCKETDATA = 10209,
    RELSWEEP_CURLOPT_TCP_KEEPALIVE = 213,
    RELSWEEP_CURLOPT_PATH_AS_IS = 234,
    RELSWEEP_CURLOPT_HTTP09_ALLOWED = 285,
    RELSWEEP_CURLOPT_PREREQFUNCTION = 20312,
    RELSWEEP_CURLOPT_PREREQDATA = 10313,
    RELSWEEP_CURLOPT_QUICK_EXIT = 322,
};

enum {
    RELSWEEP_CURLINFO_RESPONSE_CODE = 0x200000 + 2,
};

enum {
    RELSWEEP_CURLMOPT_SOCKETFUNCTION = 20001,
    RELSWEEP_CURLMOPT_SOCKETDATA = 10002,
    RELSWEEP_CURLMOPT_TIMERFUNCTION = 20004,
    RELSWEEP_CURLMOPT_TIMERDATA = 10005,
    RELSWEEP_CURLMOPT_MAXCONNECTS = 6,
};

// Values of libcurl's numeric options.
enum {
    RELSWEEP_CURL_GLOBAL_DEFAULT = 3,
    RELSWEEP_CURL_HTTP_VERSION_1_1 = 2,
    RELSWEEP_CURL_HTTP_VERSION_2_OVER_TLS = 4,
    RELSWEEP_CURL_TLS_1_2 = 6,
    RELSWEEP_CURL_PROTOCOLS_HTTP_AND_HTTPS = 3,
    RELSWEEP_CURL_ERROR_BUFFER_SIZE = 256,
    // The oldest libcurl that has CURLOPT_PREREQFUNCTION: 7.80.0.
    RELSWEEP_CURL_VERSION_OF_PREREQUEST = 0x075000,
};

// Constants, not an enumeration, where Swift is to see C's int.
static const int RELSWEEP_CURL_POLL_IN = 1;
static const int RELSWEEP_CURL_POLL_OUT = 2;
static const int RELSWEEP_CURL_POLL_REMOVE = 4;
static const int RELSWEEP_CURL_SOCKET_TIMEOUT = -1;
static const int RELSWEEP_CURL_EVENT_IN = 1;
static const int RELSWEEP_CURL_EVENT_OUT = 2;
static const int RELSWEEP_CURLMSG_DONE = 1;
static const int RELSWEEP_CURL_PREREQUEST_OK = 0;
static const int RELSWEEP_CURL_PREREQUEST_ABORT = 1;

// Results of a transfer (CURLcode) that relsweep distinguishes.
static const int RELSWEEP_CURLE_OK = 0;
static const int RELSWEEP_CURLE_UNSUPPORTED_PROTOCOL = 1;
static const int RELSWEEP_CURLE_NOT_BUILT_IN = 4;
static const int RELSWEEP_CURLE_COULDNT_RESOLVE_PROXY = 5;
static const int RELSWEEP_CURLE_COULDNT_RESOLVE_HOST = 6;
static const int RELSWEEP_CURLE_COULDNT_CONNECT = 7;
static const int RELSWEEP_CURLE_WEIRD_SERVER_REPLY = 8;
static const int RELSWEEP_CURLE_OUT_OF_MEMORY = 27;
static const int RELSWEEP_CURLE_OPERATION_TIMEDOUT = 28;
static const int RELSWEEP_CURLE_SSL_CONNECT_ERROR = 35;
static const int RELSWEEP_CURLE_ABORTED_BY_CALLBACK = 42;
static const int RELSWEEP_CURLE_PEER_FAILED_VERIFICATION = 60;
static const int RELSWEEP_CURLE_BAD_CA_FILE = 77;
static const int RELSWEEP_CURLE_TOO_LARGE = 100;
