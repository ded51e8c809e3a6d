/* archive_form: the application as it was filed, as data and as a paper. See archive_parts.h. */
#include "service/archive_parts.h"
#include "service/paper_parts.h"

enum { VALUE_CAP = 60000 };

static struct sv choice_label(const struct choice *options, size_t n, struct sv value)
{
    for (size_t i = 0; i < n; i++)
        if (sv_eq(options[i].value, value))
            return options[i].label;
    return value;
}

static void add_plain(struct buf *out, const json_t *v, const struct choice *options, size_t n)
{
    if (json_is_string(v))
        buf_sv_add(out, choice_label(options, n, json_text(v)));
    else if (json_is_integer(v))
        buf_fmt(out, "%lld", (long long)json_integer_value(v));
    else if (json_is_boolean(v))
        buf_str(out, json_is_true(v) ? "是" : "否");
}

/* One row of a table, or a person: "姓名：王某；电话：…". */
static void add_row(struct buf *out, const struct field *f, const json_t *row)
{
    size_t shown = 0;
    for (size_t i = 0; i < f->n_columns; i++) {
        const struct column *c = &f->columns[i];
        const json_t *v = json_object_get(row, c->code.p);
        if (!v || (json_is_string(v) && json_string_length(v) == 0))
            continue;
        buf_fmt(out, "%s%s：", shown++ ? "；" : "", c->label.p);
        add_plain(out, v, c->options, c->n_options);
    }
}

static struct sv value_text(const struct field *f, const json_t *v, struct arena *a)
{
    struct buf out;
    size_t i;
    json_t *one;
    buf_init(&out, VALUE_CAP);
    if (json_is_array(v))
        json_array_foreach(v, i, one) {
            buf_str(&out, i ? json_is_object(one) ? "\n" : "、" : "");
            if (json_is_object(one))
                add_row(&out, f, one);
            else
                add_plain(&out, one, f->options, f->n_options);
        }
    else if (json_is_object(v))
        add_row(&out, f, v);
    else
        add_plain(&out, v, f->options, f->n_options);
    struct sv text = arena_sv(a, buf_sv(&out));
    buf_done(&out);
    return text;
}

json_t *archive_form_data(const struct archive_case *x, const json_t *values)
{
    json_t *o = json_object(), *fields = json_array();
    for (size_t i = 0; i < x->b.form.n_fields; i++) {
        const struct field *f = x->b.form.fields[i].field;
        json_t *v = json_object_get(values, f->code.p);
        if (!v)
            continue;
        json_t *one = json_object();
        json_put_sv(one, "code", f->code);
        json_put_sv(one, "label", f->label);
        json_put_sv(one, "text", value_text(f, v, x->arena));
        json_put(one, "value", json_incref(v));
        json_push(fields, one);
    }
    json_put_sv(o, "number", x->b.row.number);
    json_put_sv(o, "catalog_version", x->b.row.catalog_version);
    json_put(o, "fields", fields);
    return o;
}

/* Shared fields first, then those of each permit under its name. */
static void write_fields(struct letter *l, const struct archive_case *x, const struct permit_type *owner)
{
    const struct form *form = &x->b.form;
    struct letter_table t = letter_facts(l, form->n_fields);
    for (size_t i = 0; i < form->n_fields; i++) {
        const struct form_field *f = &form->fields[i];
        const json_t *v = json_object_get(x->b.values, f->field->code.p);
        if (f->owner == owner && v && form_field_shown(form, f, x->b.values, x->b.answers))
            fact_add(&t, f->field->label.p, value_text(f->field, v, l->arena));
    }
    if (t.t->n_rows && owner)
        letter_head(l, owner->name.p);
    table_done(&t);
}

int archive_form_paper(struct archive_case *x, struct buf *out, struct err *e)
{
    struct letter *l = arena_alloc(x->arena, sizeof *l);
    const struct bundle *b = &x->b;
    const struct department *bureau = catalog_bureau(b->catalog, b->row.region);
    *l = (struct letter){ .app = x->app, .arena = x->arena, .b = b, .catalog = b->catalog, .e = e };
    l->doc = (struct doc_letter){
        .blocks = l->blocks, .title = SV("行业综合许可申请表"), .plain = true,
        .number = arena_printf_sv(x->arena, "办件编号：%s", b->row.number.p),
        .to = bureau ? bureau->name : SV(""), .issuer = b->row.applicant_name,
        .date = sv_of(letter_date(l, date_of_ms(b->row.submitted_at))), .sample = x->app->demo,
    };
    letter_say(l, "申请事项：“%s”行业综合许可（%s）。", b->industry->name.p, case_kind_text(b->row.kind));
    write_fields(l, x, NULL);
    for (size_t k = 0; k < b->n_types; k++)
        write_fields(l, x, b->types[k]);
    letter_say(l, "以上内容由申请人在线填写，并承诺真实、准确；经补正的，为最后一次补正后的内容。");
    return doc_letter(&l->doc, DOC_PDF, out, e);
}
