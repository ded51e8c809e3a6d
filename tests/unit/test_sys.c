/* sys: ids, the thread pool, files and blobs, the clock. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "sys/clock.h"
#include "sys/files.h"
#include "sys/ids.h"
#include "sys/pool.h"
#include "test.h"

static struct arena *arena;
static struct err err;
static char *folder;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    folder = test_folder(arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_folder_remove(folder);
    arena_free(arena);
    return 0;
}

static const char *in_folder(const char *name)
{
    return arena_printf(arena, "%s/%s", folder, name);
}

/* Files in a folder and below it. */
static size_t count_files(const char *path)
{
    size_t n = 0;
    DIR *d = opendir(path);
    for (struct dirent *x; d && (x = readdir(d));) {
        if (x->d_name[0] == '.' && (!x->d_name[1] || x->d_name[1] == '.'))
            continue;
        n += x->d_type == DT_DIR ? count_files(arena_printf(arena, "%s/%s", path, x->d_name)) : 1;
    }
    if (d)
        closedir(d);
    return n;
}

/* ---- ids ---- */

enum { THREADS = 8, EACH = 20000 };
static int64_t ids[THREADS * EACH];

static void *make_ids(void *arg)
{
    int64_t *out = arg;
    for (int i = 0; i < EACH; i++)
        out[i] = id_next();
    return NULL;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void test_ids_over_threads(void **state)
{
    (void)state;
    pthread_t t[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, make_ids, ids + i * EACH), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < THREADS; i++)
        for (int k = 1; k < EACH; k++)
            assert_true(ids[i * EACH + k] > ids[i * EACH + k - 1] && ids[i * EACH] > 0);
    qsort(ids, COUNT_OF(ids), sizeof *ids, by_value);
    for (size_t i = 1; i < COUNT_OF(ids); i++)
        if (ids[i] == ids[i - 1])
            fail_msg("id %lld twice", (long long)ids[i]);
}

static void test_ids_carry_time_and_node(void **state)
{
    (void)state;
    id_set_node(1023);
    int64_t a = id_next();
    assert_int_equal(a >> 12 & 1023, 1023);
    id_set_node(5);
    int64_t b = id_next();
    assert_int_equal(b >> 12 & 1023, 5);
    int64_t ms = (b >> 22) + INT64_C(1767225600000);
    int64_t now = clock_now_ms();
    /* 160,000 ids were just made: the sequence may run ahead by some milliseconds. */
    assert_true(ms >= now - 1000 && ms <= now + 1000);
}

/* ---- pool ---- */

static atomic_int ran;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void count_one(void *arg)
{
    (void)arg;
    atomic_fetch_add(&ran, 1);
}

static void wait_at_gate(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    atomic_fetch_add(&ran, 1);
}

static void test_pool_runs_everything(void **state)
{
    (void)state;
    struct pool *p = pool_new(4, 1000);
    int accepted = 0;
    atomic_store(&ran, 0);
    for (int i = 0; i < 20000; i++)
        accepted += pool_submit(p, count_one, NULL);
    pool_free(p); /* runs what is queued first */
    assert_true(accepted >= 1000);
    assert_int_equal(atomic_load(&ran), accepted);
    pool_free(NULL);
}

static void test_pool_full_is_busy(void **state)
{
    (void)state;
    struct pool *p = pool_new(1, 3);
    atomic_store(&ran, 0);
    pthread_mutex_lock(&gate);
    int accepted = pool_submit(p, wait_at_gate, NULL);
    while (pool_queued(p) > 0)
        usleep(1000);
    for (int i = 0; i < 10; i++)
        accepted += pool_submit(p, wait_at_gate, NULL);
    assert_int_equal(accepted, 4); /* one running, three queued */
    assert_int_equal(pool_queued(p), 3);
    pthread_mutex_unlock(&gate);
    pool_free(p);
    assert_int_equal(atomic_load(&ran), 4);
}

/* ---- files ---- */

static void test_file_read(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    assert_int_equal(file_read(in_folder("none"), &b, &err), ERR_NOT_FOUND);
    assert_int_equal(file_write_durable(in_folder("a"), SV("0123456789"), 0600, &err), 0);
    assert_int_equal(file_read(in_folder("a"), &b, &err), 0);
    assert_sv(buf_sv(&b), "0123456789");
    buf_clear(&b);
    assert_int_equal(file_write_durable(in_folder("a"), SV("0123456789x"), 0600, &err), 0);
    assert_int_equal(file_read(in_folder("a"), &b, &err), ERR_TOO_LARGE);
    buf_done(&b);
}

static void test_durable_write(void **state)
{
    (void)state;
    struct stat st;
    struct buf b;
    buf_init(&b, 100);
    assert_int_equal(file_write_durable(in_folder("key"), SV("one"), 0600, &err), 0);
    assert_int_equal(file_write_durable(in_folder("key"), SV("two"), 0600, &err), 0);
    assert_int_equal(file_read(in_folder("key"), &b, &err), 0);
    assert_sv(buf_sv(&b), "two");
    assert_int_equal(stat(in_folder("key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(count_files(folder), 1); /* no temporary file is left */
    assert_true(file_write_durable(in_folder("no/such/dir"), SV("x"), 0600, &err) < 0);
    buf_done(&b);
}

/* A write that fails leaves what was there, and nothing beside it. */
static void test_durable_write_that_fails(void **state)
{
    (void)state;
    struct rlimit old, tiny;
    struct buf b;
    buf_init(&b, 100);
    assert_int_equal(file_write_durable(in_folder("key"), SV("good"), 0600, &err), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tiny = (struct rlimit){ 3, old.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
    int rc = file_write_durable(in_folder("key"), SV("a longer text"), 0600, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(rc, ERR_FULL);
    assert_int_equal(file_read(in_folder("key"), &b, &err), 0);
    assert_sv(buf_sv(&b), "good");
    assert_int_equal(count_files(folder), 1);
    buf_done(&b);
}

static void test_dirs(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(dir_make(in_folder("a/b/c"), &err), 0);
    assert_int_equal(dir_make(in_folder("a/b/c"), &err), 0);
    assert_int_equal(stat(in_folder("a/b"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(dir_check_writable(in_folder("a/b/c"), &err), 0);
    assert_int_equal(count_files(folder), 0);
    assert_int_equal(dir_check_writable(in_folder("a/x"), &err), ERR_CONFIG);
    assert_true(file_exists(in_folder("a")) && !file_exists(in_folder("z")));
}

/* ---- blobs ---- */

static int store(struct sv text, size_t piece, int64_t cap, struct sm3_hash *h, bool *existed)
{
    int64_t size = 0;
    struct blob_writer *w = blob_begin(folder, cap, &err);
    assert_non_null(w);
    for (struct sv rest = text; rest.n; rest = sv_skip(rest, piece)) {
        int rc = blob_add(w, sv_make(rest.p, rest.n < piece ? rest.n : piece), &err);
        if (rc != 0) {
            blob_abort(w);
            return rc;
        }
    }
    assert_int_equal(blob_size(w), text.n);
    size_t head = text.n < 4096 ? text.n : 4096;
    assert_true(sv_eq(blob_head(w), sv_make(text.p, head)));
    int rc = blob_finish(w, h, &size, existed, &err);
    assert_int_equal(size, text.n);
    return rc;
}

static void check_blob(const struct sm3_hash *h, struct sv text)
{
    int fd;
    int64_t size;
    char *p = arena_alloc(arena, text.n + 1);
    assert_int_equal(blob_open(folder, h, &fd, &size, &err), 0);
    assert_int_equal(size, text.n);
    assert_int_equal(read(fd, p, text.n + 1), text.n);
    assert_memory_equal(p, text.p, text.n);
    close(fd);
}

static void test_blob_keeps_content_once(void **state)
{
    (void)state;
    struct sm3_hash h, again, direct;
    bool existed;
    char *p = arena_alloc(arena, 100000);
    for (int i = 0; i < 100000; i++)
        p[i] = (char)(i * 7 + i / 256);
    struct sv text = sv_make(p, 100000);
    assert_int_equal(store(text, 333, 100000, &h, &existed), 0);
    assert_false(existed);
    sm3(text, &direct);
    assert_memory_equal(&h, &direct, sizeof h);
    check_blob(&h, text);
    assert_int_equal(store(text, 70000, 100000, &again, &existed), 0);
    assert_true(existed);
    assert_memory_equal(&h, &again, sizeof h);
    assert_int_equal(count_files(folder), 1);
    assert_int_equal(store(SV("other"), 1, 100, &again, &existed), 0);
    assert_int_equal(count_files(folder), 2);
    assert_int_equal(store(SV(""), 1, 100, &again, &existed), 0);
    check_blob(&again, SV(""));
}

static void test_blob_cap(void **state)
{
    (void)state;
    struct sm3_hash h;
    bool existed;
    assert_int_equal(store(SV("12345"), 2, 5, &h, &existed), 0);
    assert_int_equal(store(SV("123456"), 2, 5, &h, &existed), ERR_TOO_LARGE);
    assert_int_equal(store(SV("123456"), 6, 5, &h, &existed), ERR_TOO_LARGE);
    assert_int_equal(count_files(folder), 1);
}

static void test_blob_abort_leaves_nothing(void **state)
{
    (void)state;
    struct blob_writer *w = blob_begin(folder, 100, &err);
    assert_int_equal(blob_add(w, SV("abc"), &err), 0);
    assert_int_equal(count_files(folder), 1);
    blob_abort(w);
    assert_int_equal(count_files(folder), 0);
    blob_abort(NULL);
    struct sm3_hash h;
    int fd;
    int64_t size;
    sm3(SV("abc"), &h);
    assert_int_equal(blob_open(folder, &h, &fd, &size, &err), ERR_NOT_FOUND);
}

/* ---- clock (last: a shifted clock stays so) ---- */

static void test_clock_is_the_system(void **state)
{
    (void)state;
    int64_t before = (int64_t)time(NULL) * 1000;
    int64_t now = clock_now_ms();
    assert_true(now >= before && now < before + 5000);
    assert_int_equal(clock_today(), date_of_ms(now));
    assert_false(clock_is_shifted());
    int64_t a = clock_monotonic_us();
    usleep(2000);
    assert_true(clock_monotonic_us() - a >= 2000);
}

static void put_offset(const char *path, int64_t ms)
{
    int fd = open(path, O_WRONLY);
    assert_int_equal(write(fd, &ms, 8), 8);
    close(fd);
}

static void test_clock_file(void **state)
{
    (void)state;
    const char *path = in_folder("clock");
    assert_int_equal(clock_use_file(in_folder("no/clock"), &err), ERR_CONFIG);
    assert_int_equal(clock_use_file(path, &err), 0); /* created, no offset */
    assert_true(clock_is_shifted());
    int64_t real = (int64_t)time(NULL) * 1000;
    assert_true(clock_now_ms() >= real && clock_now_ms() < real + 5000);
    put_offset(path, 400 * MS_PER_DAY);
    assert_int_equal(clock_today(), date_of_ms(real + 400 * MS_PER_DAY));
    int64_t ahead = id_next();
    /* Back to long before the first id: ids still only grow. */
    put_offset(path, -8000 * MS_PER_DAY);
    assert_true(clock_now_ms() < INT64_C(1767225600000));
    int64_t later = id_next();
    assert_true(later > ahead);
    put_offset(path, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_ids_over_threads), T(test_ids_carry_time_and_node), T(test_pool_runs_everything),
        T(test_pool_full_is_busy), T(test_file_read), T(test_durable_write),
        T(test_durable_write_that_fails), T(test_dirs), T(test_blob_keeps_content_once),
        T(test_blob_cap), T(test_blob_abort_leaves_nothing), T(test_clock_is_the_system),
        T(test_clock_file),
    };
    return cmocka_run_group_tests_name("sys", tests, NULL, NULL);
}
