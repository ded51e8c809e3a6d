/* clock: see clock.h. */
#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static _Atomic int64_t *shift; /* mapped file, or NULL */

int64_t clock_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
    return shift ? now + atomic_load_explicit(shift, memory_order_relaxed) : now;
}

int32_t clock_today(void)
{
    return date_of_ms(clock_now_ms());
}

int64_t clock_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int clock_use_file(const char *path, struct err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, ERR_CONFIG, "打不开测试时钟文件 %s：%s", path, strerror(errno));
    void *p = MAP_FAILED;
    if (ftruncate(fd, 8) == 0)
        p = mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return err_set(e, ERR_CONFIG, "不能映射测试时钟文件 %s：%s", path, strerror(errno));
    shift = p;
    return 0;
}

bool clock_is_shifted(void)
{
    return shift != NULL;
}
