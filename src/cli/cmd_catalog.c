/* catalog export, import, diff: catalogues as files, without the workbench. A file is Excel when it
 * starts as one; what is written is Excel when its name ends in .xlsx, else canonical JSON. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "domain/catalog/shape.h"
#include "service/office.h"
#include "sys/clock.h"
#include "sys/files.h"

enum { OUT_MAX = 64 * 1024 * 1024 };

struct catalog_options {
    struct app_options app;
    const char *version, *out, *login, *title;
    const char *words[2]; size_t n_words;
};

static bool read_options(int argc, char **argv, struct catalog_options *o)
{
    static const struct option options[] = {
        { "data", required_argument, NULL, 'd' },  { "db", required_argument, NULL, 'b' },
        { "version", required_argument, NULL, 'v' }, { "out", required_argument, NULL, 'o' },
        { "login", required_argument, NULL, 'l' }, { "title", required_argument, NULL, 't' },
        { NULL, 0, NULL, 0 } };
    bool good = true;
    int c;
    o->app.readers = 2;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': o->app.data_dir = optarg; break;
        case 'b': o->app.db_url = optarg; break;
        case 'v': o->version = optarg; break;
        case 'o': o->out = optarg; break;
        case 'l': o->login = optarg; break;
        case 't': o->title = optarg; break;
        default: good = false;
        }
    }
    for (int i = optind; i < argc; i++) {
        if (o->n_words == 2)
            return false;
        o->words[o->n_words++] = argv[i];
    }
    return good;
}

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), k = strlen(end);
    return n >= k && strcmp(path + n - k, end) == 0;
}

static int write_document(const json_t *doc, const char *out, struct arena *a, struct err *e)
{
    struct buf b;
    if (!out) {
        struct sv text = shape_text(doc, a);
        return fwrite(text.p, 1, text.n, stdout) == text.n ? 0 : ERR_IO;
    }
    if (!ends_in(out, ".xlsx"))
        return file_write_durable(out, shape_text(doc, a), 0644, e);
    buf_init(&b, OUT_MAX);
    int rc = office_to_xlsx(doc, &b, e);
    if (rc == 0)
        rc = file_write_durable(out, buf_sv(&b), 0644, e);
    buf_done(&b);
    return rc;
}

static json_t *read_file(const char *path, struct arena *a, struct err *e)
{
    struct sv bytes;
    if (cli_read(path, a, &bytes, e) != 0)
        return NULL;
    return office_read_file(bytes, sv_starts(bytes, SV("PK\x03\x04")), a, e);
}

int cmd_catalog_export(int argc, char **argv)
{
    struct catalog_options o = { 0 };
    struct err e;
    if (!read_options(argc, argv, &o) || !o.app.data_dir || o.n_words || o.login || o.title)
        return cli_usage("catalog export", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct app *app = app_open(&o.app, &e);
    const struct catalog *c = app ? app->catalog : NULL;
    struct sv name = arena_printf_sv(a, "v:%s", o.version ? o.version : c ? c->version.p : "");
    json_t *doc = app ? office_document(app, name, a, &e) : NULL;
    int rc = doc ? write_document(doc, o.out, a, &e) : e.code;
    json_decref(doc);
    app_close(app);
    int code = rc == 0 ? EXIT_OK : cli_fail(&e);
    arena_free(a);
    return code;
}

/* ---- import ---- */

struct who { struct arena *arena; struct sv login; struct user_row row; };

static int who_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct who *w = ctx;
    return user_find_login(c, w->login, w->arena, &w->row, e);
}

/* A draft with this document, in the name of an officer of the bureau. */
static int make_draft(struct app *app, const struct catalog_options *o, const json_t *doc,
                      struct arena *a, struct err *e)
{
    struct who w = { .arena = a, .login = sv_of(o->login) };
    int64_t id = 0;
    int rc = db_peek(app->db, who_tx, &w, e);
    if (rc <= 0)
        return rc == 0 ? err_set(e, ERR_NOT_FOUND, "没有这个账号：%s", o->login) : rc;
    struct actor actor = { .id = w.row.id, .role = role_of(w.row.role), .name = w.row.name,
                           .login = w.row.login, .department = w.row.department,
                           .region = w.row.region };
    struct command cmd = { .actor = &actor, .now = clock_now_ms(), .if_match = 1 };
    rc = office_create(app, &cmd, sv_of(o->title ? o->title : "命令行导入"), SV(""), &id, e);
    if (rc == 0)
        rc = office_replace(app, &cmd, id, doc, e);
    if (rc == 0)
        printf("已建立目录草稿 %lld，请在工作台核对、提交审核\n", (long long)id);
    return rc;
}

int cmd_catalog_import(int argc, char **argv)
{
    struct catalog_options o = { 0 };
    struct err e;
    bool good = read_options(argc, argv, &o) && o.n_words == 1 && !o.version;
    if (!good || !o.app.data_dir != !o.login || (o.app.data_dir && o.out))
        return cli_usage("catalog import", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    json_t *doc = read_file(o.words[0], a, &e);
    int rc = doc ? 0 : e.code;
    if (rc == 0 && o.app.data_dir) {
        struct app *app = app_open(&o.app, &e);
        rc = app ? make_draft(app, &o, doc, a, &e) : e.code;
        app_close(app);
    } else if (rc == 0) {
        rc = write_document(doc, o.out, a, &e);
    }
    json_decref(doc);
    int code = rc == 0 ? EXIT_OK : cli_fail(&e);
    arena_free(a);
    return code;
}

/* ---- diff ---- */

static bool is_name(const char *word)
{
    return strncmp(word, "v:", 2) == 0 || strncmp(word, "d:", 2) == 0;
}

static void print_diff(const struct diff *d)
{
    if (d->n == 0)
        puts("没有差别");
    for (size_t i = 0; i < d->n; i++) {
        printf("%s\n", d->entities[i].sentence.p);
        for (size_t k = 0; k < d->entities[i].n; k++)
            printf("    %s\n", d->entities[i].members[k].sentence.p);
    }
}

int cmd_catalog_diff(int argc, char **argv)
{
    struct catalog_options o = { 0 };
    struct app *app = NULL;
    struct err e;
    json_t *docs[2] = { NULL, NULL };
    struct diff d = { 0 };
    bool good = read_options(argc, argv, &o) && o.n_words == 2;
    if (!good || (!o.app.data_dir && (is_name(o.words[0]) || is_name(o.words[1]))))
        return cli_usage("catalog diff", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    if (o.app.data_dir)
        app = app_open(&o.app, &e);
    for (int i = 0; e.code == 0 && i < 2; i++)
        docs[i] = is_name(o.words[i]) ? office_document(app, sv_of(o.words[i]), a, &e)
                                      : read_file(o.words[i], a, &e);
    if (e.code == 0) {
        catalog_diff(docs[0], docs[1], a, &d);
        print_diff(&d);
    }
    int code = e.code ? cli_fail(&e) : d.n ? EXIT_NO : EXIT_OK;
    json_decref(docs[0]);
    json_decref(docs[1]);
    app_close(app);
    arena_free(a);
    return code;
}
