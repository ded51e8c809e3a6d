/* ofd_read: see ofd_read.h. */
#include "doc/ofd_read.h"

#include <stdlib.h>
#include <zip.h>

#include "doc/zip_pack.h"

static int refuse(struct err *e, const char *why)
{
    return err_set(e, ERR_INVALID, "这不是能读取的OFD文件：%s", why);
}

static int by_name(const void *a, const void *b)
{
    return sv_cmp(((const struct ofd_file *)a)->name, ((const struct ofd_file *)b)->name);
}

/* The size that the archive promises is not believed. */
static int read_one(zip_t *zip, zip_uint64_t i, struct arena *a, size_t *total,
                    struct ofd_file *out, struct err *e)
{
    zip_stat_t stat;
    if (zip_stat_index(zip, i, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) ||
        !(stat.valid & ZIP_STAT_NAME))
        return refuse(e, "压缩包损坏");
    struct sv name = sv_of(stat.name);
    if (name.n && name.p[name.n - 1] == '/' && stat.size == 0) {
        *out = (struct ofd_file){ 0 }; /* a folder */
        return 0;
    }
    if (!zip_name_ok(name))
        return refuse(e, "压缩包里有不正当的文件名");
    if (stat.size > OFD_FILE_MAX || *total + stat.size > OFD_TOTAL_MAX)
        return err_set(e, ERR_TOO_LARGE, "OFD文件解开后太大");
    zip_file_t *f = zip_fopen_index(zip, i, 0);
    if (!f)
        return refuse(e, "压缩包损坏或加了密码");
    char *p = arena_alloc(a, stat.size + 1);
    zip_int64_t n = zip_fread(f, p, stat.size + 1); /* reading to the end checks the CRC too */
    bool good = n == (zip_int64_t)stat.size && zip_fread(f, p + stat.size, 1) == 0;
    if (zip_fclose(f) != 0 || !good)
        return refuse(e, "压缩包损坏");
    *total += stat.size;
    *out = (struct ofd_file){ arena_sv(a, name), sv_make(p, stat.size), false };
    return 0;
}

static int read_all(zip_t *zip, struct arena *a, struct ofd_files *out, struct err *e)
{
    zip_int64_t n = zip_get_num_entries(zip, 0);
    size_t total = 0;
    int rc = 0;
    if (n <= 0)
        return refuse(e, "压缩包是空的");
    if (n > OFD_FILES_MAX)
        return err_set(e, ERR_TOO_LARGE, "OFD里的文件超过%d个", OFD_FILES_MAX);
    out->all = arena_array(a, (size_t)n, sizeof *out->all);
    for (zip_int64_t i = 0; rc == 0 && i < n; i++) {
        rc = read_one(zip, (zip_uint64_t)i, a, &total, &out->all[out->n], e);
        if (rc == 0 && out->all[out->n].name.n)
            out->n++;
    }
    if (rc != 0)
        return rc;
    qsort(out->all, out->n, sizeof *out->all, by_name);
    for (size_t i = 1; i < out->n; i++)
        if (sv_eq(out->all[i].name, out->all[i - 1].name))
            return refuse(e, "压缩包里有同名文件");
    return 0;
}

int ofd_read(struct sv bytes, struct arena *a, struct ofd_files *out, struct err *e)
{
    zip_error_t error;
    *out = (struct ofd_files){ 0 };
    if (bytes.n > OFD_TOTAL_MAX)
        return err_set(e, ERR_TOO_LARGE, "OFD文件太大");
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.n ? bytes.p : "", bytes.n, 0, &error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : NULL;
    if (source && !zip)
        zip_source_free(source);
    zip_error_fini(&error);
    if (!zip)
        return refuse(e, "打不开，可能损坏");
    int rc = read_all(zip, a, out, e);
    zip_discard(zip);
    return rc;
}

struct ofd_file *ofd_find(const struct ofd_files *f, struct sv path)
{
    struct ofd_file key = { .name = path };
    if (path.n && path.p[0] == '/')
        key.name = sv_skip(path, 1);
    return f->n ? bsearch(&key, f->all, f->n, sizeof *f->all, by_name) : NULL;
}
