/* verify FILE.ofd: is this OFD what its electronic seals say? */
#include <string.h>
#include <strings.h>

#include "base/date.h"
#include "cli/cli.h"
#include "cli/whom.h"
#include "doc/ofd_verify.h"
#include "domain/licence/identifier.h"

static bool is_ofd_name(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcasecmp(name + n - 4, ".ofd") == 0;
}

/* Nothing that a revoked key signed counts any more. */
static void check_revoked(struct ofd_report *r, const struct key_ring *ring)
{
    for (size_t i = 0; ring && i < r->n_seals; i++)
        for (size_t k = 0; k < ring->n_keys; k++)
            if (ring->keys[k].revoked_ms && r->n_bad < OFD_FINDINGS_MAX &&
                memcmp(ring->keys[k].raw, r->seals[i].key, SM2_PUB_SIZE) == 0)
                r->bad[r->n_bad++] = (struct ofd_finding){ SV("key_revoked"),
                                                           SV("签章人的密钥已被吊销") };
}

static void print_meta(const struct ofd_report *r)
{
    for (size_t i = 0; i < r->n_meta; i++) {
        struct sv name = r->meta[i].name, value = r->meta[i].value;
        struct identifier id;
        printf("  %-10.*s %.*s\n", (int)name.n, name.p, (int)value.n, value.p);
        if (sv_is(name, "ZZBS") && identifier_read(value, &id) != IDENTIFIER_GOOD)
            puts("             注意：电子证照标识的格式或校验位不对（GB/T 36904）");
    }
}

static void print_report(const struct ofd_report *r)
{
    char at[32];
    printf("%.*s（%zu 个文件，%zu 个电子签章）\n", (int)r->title.n, r->title.p, r->n_files, r->n_seals);
    print_meta(r);
    for (size_t i = 0; i < r->n_seals; i++) {
        const struct ofd_seal_seen *s = &r->seals[i];
        printf("  签章 %zu    %.*s，%s；签章人证书 %.*s，制章人证书 %.*s；保护 %zu 个文件\n", i + 1,
               (int)s->name.n, s->name.p, s->at == INT64_MIN ? "时间不明" : time_format(s->at, at),
               (int)s->signer.n, s->signer.p, (int)s->maker.n, s->maker.p, s->n_files);
    }
    for (size_t i = 0; i < r->n_bad; i++)
        printf("不通过：%.*s（%.*s）\n", (int)r->bad[i].text.n, r->bad[i].text.p,
               (int)r->bad[i].code.n, r->bad[i].code.p);
    puts(r->n_bad ? "核验不通过" : "核验通过：文件完整，电子签章有效，证书由给定的根证书签发");
    if (!r->n_bad)
        puts("  注意：这只证明文件是签发时的原样；此后是否变更或注销，请联网扫码查询");
}

int cmd_verify_any(int argc, char **argv)
{
    static const struct option options[] = { { "ca", required_argument, NULL, 'c' },
                                             { "data", required_argument, NULL, 'd' },
                                             { NULL, 0, NULL, 0 } };
    const char *file = NULL, *data = NULL;
    struct sv ca, bytes;
    struct err e;
    struct key_ring *ring = NULL;
    int c;
    bool ofd = false;
    for (int i = 1; i < argc; i++)
        ofd = ofd || is_ofd_name(argv[i]);
    if (!ofd)
        return cmd_verify(argc, argv);
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'c': file = optarg; break;
        case 'd': data = optarg; break;
        default: return cli_usage("verify", false);
        }
    }
    if ((file && data) || optind + 1 != argc)
        return cli_usage("verify", false);
    struct arena *a = arena_new();
    struct ofd_report *r = arena_alloc(a, sizeof *r);
    err_init(&e, a);
    int code = EXIT_OK;
    if (cli_root(file, data, a, &ca, &ring, &e) != 0 || cli_read(argv[optind], a, &bytes, &e) != 0) {
        code = cli_fail(&e);
    } else if (ofd_verify(bytes, ca, a, r, &e) != 0) {
        printf("核验不通过：%s\n", err_text(&e));
        code = EXIT_NO;
    } else {
        check_revoked(r, ring);
        print_report(r);
        code = r->n_bad ? EXIT_NO : EXIT_OK;
    }
    key_ring_free(ring);
    arena_free(a);
    return code;
}
