/* docs: all papers and pictures of the catalogue as files (R2.3, R2.4). No data directory needed. */
#include <string.h>

#include "cli/cli.h"
#include "service/handouts.h"
#include "service/shipped.h"
#include "sys/files.h"

struct docs {
    const char *out, *catalog, *base_url, *industry;
};

static int write_one(const struct docs *d, const struct handout *h, enum handout_kind kind,
                     struct err *e)
{
    struct arena *a = arena_new();
    struct handout one = *h;
    struct buf out;
    buf_init(&out, (size_t)32 << 20);
    one.arena = a;
    int rc = handout_make(&one, kind, DOC_PDF, &out, e);
    if (rc == 0)
        rc = file_write_durable(arena_printf(a, "%s/%s-%s", d->out, h->industry->code.p,
                                             handout_file(kind)), buf_sv(&out), 0644, e);
    buf_done(&out);
    arena_free(a);
    return rc;
}

/* How many industries are asked for; 0: the one named does not exist. */
static size_t count(const struct docs *d, const struct catalog *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_industries; i++)
        n += !d->industry || sv_is(c->industries[i].code, d->industry);
    return n;
}

static int write_all(const struct docs *d, const struct catalog *c, struct err *e)
{
    int64_t total = (int64_t)count(d, c) * HANDOUTS;
    int64_t done = 0;
    if (total == 0)
        return err_set(e, ERR_NOT_FOUND, "目录中没有行业 %s", d->industry ? d->industry : "");
    int rc = dir_make(d->out, e);
    for (size_t i = 0; i < c->n_industries && rc == 0; i++) {
        const struct industry *ind = &c->industries[i];
        struct handout h = { .catalog = c, .industry = ind, .region = c->regions[0].code,
                             .base_url = d->base_url ? sv_of(d->base_url) : SV("") };
        if (d->industry && !sv_is(ind->code, d->industry))
            continue;
        for (int k = 0; k < HANDOUTS && rc == 0; k++) {
            rc = write_one(d, &h, (enum handout_kind)k, e);
            cli_progress("生成文书", ++done, total);
        }
    }
    if (rc == 0)
        printf("%s：%lld 份（%zu 个行业，目录版本 %s）\n", d->out, (long long)done, count(d, c),
               c->version.p);
    return rc;
}

static struct catalog *load(const struct docs *d, struct arena *a, struct err *e)
{
    struct sv text;
    if (!d->catalog)
        return catalog_load(shipped_catalog_text(), SV("catalog"), e);
    return cli_read(d->catalog, a, &text, e) == 0 ? catalog_load(text, sv_of(d->catalog), e) : NULL;
}

int cmd_docs(int argc, char **argv)
{
    static const struct option options[] = { { "out", required_argument, NULL, 'o' },
                                             { "catalog", required_argument, NULL, 'c' },
                                             { "base-url", required_argument, NULL, 'u' },
                                             { "industry", required_argument, NULL, 'i' },
                                             { NULL, 0, NULL, 0 } };
    struct docs d = { 0 };
    struct err e;
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'o': d.out = optarg; break;
        case 'c': d.catalog = optarg; break;
        case 'u': d.base_url = optarg; break;
        case 'i': d.industry = optarg; break;
        default: return cli_usage("docs", false);
        }
    }
    if (!d.out || optind != argc)
        return cli_usage("docs", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct catalog *catalog = load(&d, a, &e);
    int rc = catalog ? write_all(&d, catalog, &e) : e.code ? e.code : ERR_INVALID;
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    catalog_free(catalog);
    arena_free(a);
    return code;
}
