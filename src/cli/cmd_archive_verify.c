/* archive verify: is this package whole and genuine? Without a server and a database (R8.2). */
#include <string.h>

#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/whom.h"
#include "service/archive_verify.h"

enum { TRUST_FILES = 32, COLUMN = 34 };

struct verify_options { const char *trust[TRUST_FILES]; size_t n_trust;
                        const char *key, *data, *ca, *file; };

static bool read_options(int argc, char **argv, struct verify_options *o)
{
    static const struct option options[] = {
        { "trust", required_argument, NULL, 't' }, { "key", required_argument, NULL, 'k' },
        { "data", required_argument, NULL, 'd' },  { "ca", required_argument, NULL, 'c' },
        { NULL, 0, NULL, 0 } };
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'k': o->key = optarg; break;
        case 'd': o->data = optarg; break;
        case 'c': o->ca = optarg; break;
        case 't':
            if (o->n_trust == TRUST_FILES)
                return false;
            o->trust[o->n_trust++] = optarg;
            break;
        default: return false;
        }
    }
    if (argc - optind == 1)
        o->file = argv[optind];
    return o->file && !(o->ca && o->data);
}

static int load(const struct verify_options *o, struct trust *t, struct sv *ca,
                struct key_ring **ring, struct arena *a, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < o->n_trust; i++)
        rc = cli_trust_file(t, o->trust[i], a, e);
    if (rc == 0 && o->key)
        rc = cli_trust_pem(t, o->key, a, e);
    if (rc == 0 && o->data)
        rc = cli_trust_data(t, o->data, a, e);
    return rc == 0 ? cli_root(o->ca, o->data, a, ca, ring, e) : rc;
}

/* Chinese characters are two columns wide. */
static void print_padded(const char *text)
{
    struct sv rest = sv_of(text);
    int width = 0;
    for (uint32_t c = utf8_next(&rest); c; c = utf8_next(&rest))
        width += c > 0x2E7F ? 2 : 1;
    printf("  %s%*s", text, width < COLUMN ? COLUMN - width : 1, "");
}

static void print_report(const struct archive_report *r, bool good)
{
    static const char *const words[] = { "没有进行", "通过", "不通过", "不能确定" };
    char at[32];
    if (r->number.n)
        printf("办件 %.*s  %.*s  制作于 %s\n", (int)r->number.n, r->number.p, (int)r->holder.n,
               r->holder.p, time_format(r->made_ms, at));
    print_padded("压缩包安全");
    puts("通过");
    for (int k = 0; k < ARCHIVE_CHECKS; k++) {
        print_padded(archive_check_text((enum archive_check_kind)k));
        puts(words[r->result[k]]);
        for (size_t i = 0; i < r->n_findings; i++)
            if (r->findings[i].check == (enum archive_check_kind)k)
                printf("    · %.*s\n", (int)r->findings[i].text.n, r->findings[i].text.p);
    }
    printf("共 %zu 个文件，%zu 条日志，%zu 个电子签章；签名密钥 %.*s%s%.*s\n", r->n_files, r->n_acts,
           r->n_seals, (int)r->key_id.n, r->key_id.p, r->signer.n ? "，" : "", (int)r->signer.n,
           r->signer.p);
    puts(good ? "归档包齐全、完整、真实" : "归档包没有通过核对");
}

int cmd_archive_verify(int argc, char **argv)
{
    struct verify_options o = { 0 };
    struct trust trust = { 0 };
    struct key_ring *ring = NULL;
    struct sv ca;
    struct err e;
    int code = EXIT_NO;
    if (!read_options(argc, argv, &o))
        return cli_usage("archive verify", false);
    struct arena *a = arena_new();
    struct archive_report *r = arena_alloc(a, sizeof *r);
    err_init(&e, a);
    int rc = load(&o, &trust, &ca, &ring, a, &e);
    struct zip_pack *p = rc == 0 ? zip_pack_open(o.file, &e) : NULL;
    if (p) {
        bool good = archive_verify(p, &trust, ca, a, r);
        print_report(r, good);
        code = good ? EXIT_OK : EXIT_NO;
    } else if (rc == 0 && e.code != ERR_NOT_FOUND) {
        print_padded("压缩包安全");
        printf("不通过\n    · %s\n归档包没有通过核对\n", err_text(&e));
    } else {
        code = cli_fail(&e);
    }
    zip_pack_close(p);
    key_ring_free(ring);
    arena_free(a);
    return code;
}
