/* zip_write: see zip_pack.h. */
#include <errno.h>
#include <zip.h>

#include "doc/zip_pack.h"

/* 1980-01-01 00:00, and a plain file that its owner writes and others read. */
enum { DOS_DATE = 1 << 5 | 1, DOS_TIME = 0 };
#define PLAIN_FILE ((zip_uint32_t)0100644 << 16)

static bool add(zip_t *zip, const struct zip_part *part, struct arena *a)
{
    const char *name = arena_dup(a, part->name);
    zip_source_t *s = part->file ? zip_source_file(zip, part->file, 0, -1)
                                 : zip_source_buffer(zip, part->bytes.n ? part->bytes.p : "",
                                                     part->bytes.n, 0);
    zip_int64_t at = s ? zip_file_add(zip, name, s, ZIP_FL_ENC_UTF_8) : -1;
    if (s && at < 0)
        zip_source_free(s);
    zip_uint64_t i = (zip_uint64_t)at;
    return at >= 0 && zip_set_file_compression(zip, i, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(zip, i, DOS_TIME, DOS_DATE, 0) == 0 &&
           zip_file_set_external_attributes(zip, i, 0, ZIP_OPSYS_UNIX, PLAIN_FILE) == 0;
}

static int failed(zip_t *zip, struct err *e)
{
    zip_error_t *why = zip_get_error(zip);
    bool full = zip_error_system_type(why) == ZIP_ET_SYS && zip_error_code_system(why) == ENOSPC;
    int rc = full ? err_set(e, ERR_FULL, "存储空间不足，归档包没有写成")
                  : err_set(e, ERR_IO, "写归档包失败：%s", zip_error_strerror(why));
    zip_discard(zip);
    return rc;
}

int zip_write(const char *path, const struct zip_part *parts, size_t n, struct err *e)
{
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (!zip)
        return err_set(e, ERR_IO, "不能写归档包");
    struct arena *a = arena_new();
    bool ok = n > 0 && n <= ZIP_PARTS_MAX;
    for (size_t i = 0; ok && i < n; i++)
        ok = zip_name_ok(parts[i].name) && add(zip, &parts[i], a);
    int rc = !ok || zip_close(zip) != 0 ? failed(zip, e) : 0;
    arena_free(a);
    return rc;
}
