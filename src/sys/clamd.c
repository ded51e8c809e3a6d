/* clamd: see clamd.h. The protocol is clamd(8)'s: "zINSTREAM\\0", pieces with their length in four bytes,
 * a piece of length 0, one answer: "stream: OK" or "stream: <name> FOUND". */
#include "sys/clamd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PIECE = 65536, PATIENCE_S = 30, ANSWER = 256, HOST = 200 };

bool clamd_address_ok(struct sv a)
{
    if (sv_starts(a, SV("unix:/")))
        return a.n < sizeof((struct sockaddr_un *)0)->sun_path + 5;
    const char *colon = sv_starts(a, SV("tcp:")) ? memrchr(a.p + 4, ':', a.n - 4) : NULL;
    int64_t port;
    return colon && colon > a.p + 4 && colon - a.p < HOST &&
           sv_to_i64(sv_skip(a, (size_t)(colon - a.p) + 1), &port) && port > 0 && port < 65536;
}

static int open_unix(const char *path)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    if (s >= 0 && connect(s, (struct sockaddr *)&to, sizeof to) == 0)
        return s;
    if (s >= 0)
        close(s);
    return -1;
}

static int open_tcp(const char *rest)
{
    char host[HOST];
    struct addrinfo want = { .ai_socktype = SOCK_STREAM }, *list = NULL;
    const char *colon = strrchr(rest, ':');
    int s = -1;
    snprintf(host, sizeof host, "%.*s", (int)(colon - rest), rest);
    if (getaddrinfo(host, colon + 1, &want, &list) != 0)
        return -1;
    for (struct addrinfo *i = list; i && s < 0; i = i->ai_next) {
        s = socket(i->ai_family, i->ai_socktype | SOCK_CLOEXEC, i->ai_protocol);
        if (s >= 0 && connect(s, i->ai_addr, i->ai_addrlen) != 0) {
            close(s);
            s = -1;
        }
    }
    freeaddrinfo(list);
    return s;
}

static bool send_all(int s, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n) {
        ssize_t k = send(s, p, n, MSG_NOSIGNAL);
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static bool send_file(int s, int fd)
{
    char piece[PIECE];
    ssize_t n;
    uint32_t length;
    if (lseek(fd, 0, SEEK_SET) < 0 || !send_all(s, "zINSTREAM", 10))
        return false;
    while ((n = read(fd, piece, sizeof piece)) > 0) {
        length = htonl((uint32_t)n);
        if (!send_all(s, &length, 4) || !send_all(s, piece, (size_t)n))
            return false;
    }
    length = 0;
    return n == 0 && send_all(s, &length, 4);
}

static bool read_answer(int s, char out[ANSWER])
{
    size_t n = 0;
    ssize_t k;
    while (n < ANSWER - 1 && (k = recv(s, out + n, ANSWER - 1 - n, 0)) > 0) {
        n += (size_t)k;
        if (memchr(out, 0, n))
            break;
    }
    out[n] = 0;
    return n > 0;
}

int clamd_scan(const char *address, int fd, char virus[64], struct err *e)
{
    char answer[ANSWER];
    struct timeval patience = { .tv_sec = PATIENCE_S };
    int s = strncmp(address, "unix:", 5) == 0 ? open_unix(address + 5) : open_tcp(address + 4);
    bool told = false;
    virus[0] = 0;
    if (s >= 0) {
        setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        /* A scanner with a size limit answers before everything is sent. */
        bool sent = send_file(s, fd);
        told = read_answer(s, answer) && sent;
        close(s);
    }
    const char *found = told ? strstr(answer, " FOUND") : NULL;
    if (found) {
        const char *name = strncmp(answer, "stream: ", 8) == 0 ? answer + 8 : answer;
        snprintf(virus, 64, "%.*s", (int)(found - name), name);
        return err_set(e, ERR_INVALID, "文件含有病毒");
    }
    if (told && strstr(answer, "stream: OK"))
        return 0;
    return err_set(e, ERR_BUSY, "暂时不能检查文件是否安全，请稍后再试");
}
