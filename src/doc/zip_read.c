/* zip_read: see zip_pack.h. */
#include <stdlib.h>
#include <zip.h>

#include "base/utf8.h"
#include "doc/zip_pack.h"

enum { NAME_MAX_BYTES = 512, PIECE = 65536, MODE_TYPE = 0170000, MODE_LINK = 0120000 };

struct found { struct zip_entry entry; zip_uint64_t index; };
struct zip_pack { struct arena *arena; zip_t *zip; struct found *all; size_t n; };

bool zip_name_ok(struct sv name)
{
    if (name.n == 0 || name.n > NAME_MAX_BYTES || !utf8_clean(name) ||
        memchr(name.p, '\\', name.n) || memchr(name.p, '\n', name.n))
        return false;
    while (name.n) {
        struct sv step = sv_cut(&name, '/');
        if (step.n == 0 || sv_is(step, ".") || sv_is(step, ".."))
            return false;
    }
    return true;
}

static int refuse(struct err *e, const char *why)
{
    return err_set(e, ERR_INVALID, "压缩包不正常：%s", why);
}

static bool is_link(zip_t *zip, zip_uint64_t i)
{
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    return zip_file_get_external_attributes(zip, i, 0, &system, &attributes) == 0 &&
           system == ZIP_OPSYS_UNIX && (attributes >> 16 & MODE_TYPE) == MODE_LINK;
}

/* One entry's own promises: name, size, method. *out.name "" for a folder. */
static int look(struct zip_pack *p, zip_uint64_t i, int64_t *total, struct found *out,
                struct err *e)
{
    zip_stat_t s;
    zip_stat_init(&s);
    if (zip_stat_index(p->zip, i, 0, &s) != 0 || !(s.valid & ZIP_STAT_SIZE) ||
        !(s.valid & ZIP_STAT_NAME))
        return refuse(e, "损坏");
    struct sv name = sv_of(s.name);
    if (name.n && name.p[name.n - 1] == '/' && s.size == 0)
        name.n--; /* a folder: its name counts too */
    if (!zip_name_ok(name) || is_link(p->zip, i))
        return refuse(e, "有不正当的文件名（绝对路径、上级目录、链接或怪异字符）");
    if ((s.valid & ZIP_STAT_ENCRYPTION_METHOD) && s.encryption_method != ZIP_EM_NONE)
        return refuse(e, "加了密码");
    if (s.size > (zip_uint64_t)ZIP_PART_BYTES_MAX ||
        *total + (int64_t)s.size > ZIP_TOTAL_BYTES_MAX)
        return err_set(e, ERR_TOO_LARGE, "压缩包解开后太大");
    *total += (int64_t)s.size;
    bool folder = name.n < strlen(s.name);
    *out = (struct found){ { folder ? SV("") : arena_sv(p->arena, name), (int64_t)s.size }, i };
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return sv_cmp(((const struct found *)a)->entry.name, ((const struct found *)b)->entry.name);
}

static int check_names(const struct zip_pack *p, struct err *e)
{
    for (size_t i = 1; i < p->n; i++)
        if (sv_eq(p->all[i - 1].entry.name, p->all[i].entry.name))
            return refuse(e, "有同名文件");
    return 0;
}

static int list(struct zip_pack *p, struct err *e)
{
    zip_int64_t n = zip_get_num_entries(p->zip, 0);
    int64_t total = 0;
    int rc = n <= 0 ? refuse(e, "是空的") : 0;
    if (n > ZIP_PARTS_MAX)
        return err_set(e, ERR_TOO_LARGE, "压缩包里的文件超过%d个", ZIP_PARTS_MAX);
    p->all = arena_array(p->arena, (size_t)(n > 0 ? n : 0) + 1, sizeof *p->all);
    for (zip_int64_t i = 0; rc == 0 && i < n; i++) {
        rc = look(p, (zip_uint64_t)i, &total, &p->all[p->n], e);
        p->n += rc == 0 && p->all[p->n].entry.name.n > 0;
    }
    if (rc != 0)
        return rc;
    qsort(p->all, p->n, sizeof *p->all, by_name);
    return check_names(p, e);
}

static struct zip_pack *opened(zip_t *zip, struct err *e)
{
    struct zip_pack *p = mem_new(sizeof *p);
    p->arena = arena_new();
    p->zip = zip;
    if (list(p, e) == 0)
        return p;
    zip_pack_close(p);
    return NULL;
}

struct zip_pack *zip_pack_open(const char *path, struct err *e)
{
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (!zip)
        code == ZIP_ER_NOENT ? err_set(e, ERR_NOT_FOUND, "没有这个文件：%s", path)
                             : refuse(e, "打不开，可能损坏");
    return zip ? opened(zip, e) : NULL;
}

struct zip_pack *zip_pack_of(struct sv bytes, struct err *e)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.n ? bytes.p : "", bytes.n, 0, &error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : NULL;
    if (source && !zip)
        zip_source_free(source);
    zip_error_fini(&error);
    if (!zip)
        refuse(e, "打不开，可能损坏");
    return zip ? opened(zip, e) : NULL;
}

void zip_pack_close(struct zip_pack *p)
{
    if (!p)
        return;
    zip_discard(p->zip);
    arena_free(p->arena);
    free(p);
}

size_t zip_pack_count(const struct zip_pack *p)
{
    return p->n;
}

const struct zip_entry *zip_pack_entry(const struct zip_pack *p, size_t i)
{
    return &p->all[i].entry;
}

int64_t zip_pack_find(const struct zip_pack *p, struct sv name)
{
    struct found key = { .entry.name = name };
    const struct found *hit = p->n ? bsearch(&key, p->all, p->n, sizeof key, by_name) : NULL;
    return hit ? hit - p->all : -1;
}

int zip_pack_read(struct zip_pack *p, size_t i, void (*take)(void *ctx, struct sv piece), void *ctx,
                  struct err *e)
{
    zip_file_t *f = zip_fopen_index(p->zip, p->all[i].index, 0);
    if (!f)
        return refuse(e, "损坏，或用了不认识的压缩方法");
    char *piece = mem_new(PIECE);
    int64_t size = p->all[i].entry.size, got = 0;
    zip_int64_t n;
    while ((n = zip_fread(f, piece, PIECE)) > 0 && (got += n) <= size)
        take(ctx, sv_make(piece, (size_t)n));
    free(piece);
    bool good = n == 0 && got == size; /* reading to the end checks the CRC too */
    return zip_fclose(f) == 0 && good ? 0 : refuse(e, "文件内容损坏");
}

static void gather(void *ctx, struct sv piece)
{
    struct sv *out = ctx;
    memcpy((char *)(uintptr_t)out->p + out->n, piece.p, piece.n);
    out->n += piece.n;
}

int zip_pack_load(struct zip_pack *p, size_t i, size_t cap, struct arena *a, struct sv *out,
                  struct err *e)
{
    int64_t size = p->all[i].entry.size;
    if (size > (int64_t)cap)
        return err_set(e, ERR_TOO_LARGE, "压缩包里的 %s 太大", p->all[i].entry.name.p);
    *out = sv_make(arena_alloc(a, (size_t)size + 1), 0);
    return zip_pack_read(p, i, gather, out, e);
}
