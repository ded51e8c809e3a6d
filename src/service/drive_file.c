/* drive_file: an application filled in, with a sample file for every material, and sent. */
#include "service/draft.h"
#include "service/drive.h"
#include "service/sample.h"
#include "sys/files.h"

int drive_paper(struct app *app, struct sm3_hash *paper, int64_t *size, struct err *e)
{
    static const char pdf[] =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 200]/Contents 4 0 R/Resources<</Font<<"
        "/F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        "4 0 obj<</Length 62>>stream\nBT /F1 24 Tf 60 100 Td (SAMPLE MATERIAL - yizheng) Tj ET"
        "       \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    bool existed;
    struct blob_writer *w = blob_begin(app->data_dir.p, 4096, e);
    if (!w)
        return e->code;
    int rc = blob_add(w, sv_make(pdf, sizeof pdf - 1), e);
    if (rc != 0) {
        blob_abort(w);
        return rc;
    }
    return blob_finish(w, paper, size, &existed, e);
}

/* What one filing carries along. */
struct filing { const struct drive *d; const struct drive_filing *in; struct arena *arena;
                int64_t now, id; json_t *promises; };

static struct command next_command(struct filing *f, int64_t version)
{
    f->now += 1000;
    return (struct command){ .actor = f->in->who, .now = f->now, .if_match = version };
}

static int attach(struct filing *f, const struct form_material *m, struct err *e)
{
    struct command cmd = next_command(f, 0);
    struct new_file file = { m->material->code,
                             arena_printf_sv(f->arena, "示例-%s.pdf", m->material->code.p),
                             f->in->paper, f->in->paper_size, "application/pdf", 0 };
    int64_t id;
    bool duplicate;
    return draft_attach(f->d->app, &cmd, f->id, &file, &id, &duplicate, e);
}

/* Everything that is asked for, but for one promised material when that is wanted and allowed. */
static int attach_all(struct filing *f, const struct bundle *b, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->form.n_materials; i++) {
        const struct form_material *m = &b->form.materials[i];
        enum material_need need = form_material_need(&b->form, m, b->values, b->answers);
        bool promise = f->in->promise && need == NEED_TOLERABLE &&
                       json_object_size(f->promises) == 0;
        if (promise)
            json_put_bool(f->promises, m->material->code.p, true);
        else if (need == NEED_REQUIRED || need == NEED_TOLERABLE)
            rc = attach(f, m, e);
    }
    return rc;
}

/* Does any permit of the case offer this way of handling (承诺制容缺: 03)? */
static bool offers(const struct bundle *b, const char *mode)
{
    for (size_t i = 0; i < b->n_types; i++)
        for (size_t k = 0; k < b->types[i]->n_modes; k++)
            if (sv_is(b->types[i]->modes[k], mode))
                return true;
    return false;
}

static int fill(struct filing *f, struct err *e)
{
    struct bundle b = { 0 };
    struct sample_holder h;
    int rc = bundle_open(f->d->app, f->in->who, f->id, WITH_FORM, f->arena, &b, e);
    if (rc == 0)
        rc = bundle_resolve(&b, f->arena, e);
    if (rc == 0) {
        sample_holder(f->in->n, b.row.region, b.industry->name, f->arena, &h);
        json_t *values = sample_values(&b.form, &h, b.values, b.answers);
        if (f->in->promise && offers(&b, "03"))
            json_put_sv(values, "F_MODE", SV("03"));
        json_decref(b.values);
        b.values = values;
        rc = attach_all(f, &b, e);
        struct command cmd = next_command(f, b.row.version);
        if (rc == 0)
            rc = draft_save(f->d->app, &cmd, f->id, values, f->promises, e);
    }
    bundle_done(&b);
    return rc;
}

static int create(struct filing *f, struct err *e)
{
    const struct drive_filing *in = f->in;
    struct new_case n = { .industry = in->industry->code, .region = in->region };
    struct command cmd = next_command(f, 0);
    n.answers = sample_answers(f->d->app->catalog, in->industry, in->variant);
    if (!n.answers)
        return err_set(e, ERR_INTERNAL, "没有可用的示例回答：%s", in->industry->name.p);
    if (in->who->role == ROLE_CLERK) {
        n.applicant_name = in->owner->name;
        n.applicant_phone = in->owner->phone;
        n.authorisation = SV("示例：申请人到窗口口述，窗口代为录入并由申请人核对");
    }
    int rc = draft_create(f->d->app, &cmd, &n, &f->id, e);
    json_decref(n.answers);
    return rc;
}

int drive_file(const struct drive *d, const struct drive_filing *in, int64_t *id, struct err *e)
{
    struct filing f = { .d = d, .in = in, .arena = arena_new(), .now = in->now,
                        .promises = json_object() };
    int rc = create(&f, e);
    if (rc == 0)
        rc = fill(&f, e);
    if (rc == 0 && !in->draft) {
        struct command cmd = next_command(&f, 2);
        rc = case_submit(d->app, &cmd, f.id, e);
    }
    *id = f.id;
    json_decref(f.promises);
    arena_free(f.arena);
    return rc;
}
