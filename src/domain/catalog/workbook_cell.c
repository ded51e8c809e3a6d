/* workbook_cell: a member's value in one cell, both ways. See workbook_plan.h.
 *
 * A protected piece of text starts with a backslash: it stands for the rest as it is. Lists have
 * one piece a line, where in addition \n is a line feed and \\ a backslash. */
#include "base/date.h"
#include "base/utf8.h"
#include "domain/catalog/workbook_plan.h"

enum { CELL_MAX = 1 << 22, EXCEL_EPOCH_LAST = 2958465 /* 9999-12-31 */, EXCEL_TO_UNIX = 25569 };

/* ---- writing ---- */

static struct sv plain_text(struct sv s, struct arena *a)
{
    if (s.n == 0)
        return SV(EMPTY_TEXT);
    if (s.p[0] == '\\' || sv_is(s, EMPTY_TEXT) || sv_is(s, EMPTY_LIST) || sv_trim(s).n != s.n)
        return arena_printf_sv(a, "\\%.*s", (int)s.n, s.p);
    return s;
}

static void put_line_text(struct buf *b, struct sv s, bool key)
{
    if (s.n == 0 && !key)
        buf_str(b, EMPTY_TEXT);
    if (sv_is(s, EMPTY_TEXT) || sv_is(s, EMPTY_LIST) || (s.n && (s.p[0] == ' ' || s.p[0] == '\t')))
        buf_str(b, "\\:"); /* what follows is meant as it is */
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n')
            buf_str(b, "\\n");
        else if (s.p[i] == '\\' || (key && s.p[i] == '='))
            buf_fmt(b, "\\%c", s.p[i]);
        else if (i + 1 == s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
            buf_fmt(b, "\\%c", s.p[i]);
        else
            buf_byte(b, (unsigned char)s.p[i]);
    }
}

static bool lines_of_texts(const json_t *list, struct buf *b)
{
    size_t i;
    json_t *v;
    json_array_foreach((json_t *)(uintptr_t)list, i, v) {
        if (!json_is_string(v))
            return false;
        if (i)
            buf_byte(b, '\n');
        put_line_text(b, json_text(v), false);
    }
    return json_is_array(list);
}

static bool lines_of_choices(const json_t *list, struct buf *b)
{
    size_t i;
    json_t *v;
    json_array_foreach((json_t *)(uintptr_t)list, i, v) {
        if (json_object_size(v) != 2 || !json_is_string(json_object_get(v, "value")) ||
            !json_is_string(json_object_get(v, "label")))
            return false;
        if (i)
            buf_byte(b, '\n');
        put_line_text(b, json_sv(v, "value"), true);
        buf_byte(b, '=');
        put_line_text(b, json_sv(v, "label"), false);
    }
    return json_is_array(list);
}

static bool lines_of_map(const json_t *map, struct buf *b)
{
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)map, key, v) {
        if (!json_is_string(v))
            return false;
        if (b->n)
            buf_byte(b, '\n');
        put_line_text(b, sv_of(key), true);
        buf_byte(b, '=');
        put_line_text(b, json_text(v), false);
    }
    return json_is_object(map);
}

static bool lines(const struct shape_member *m, const json_t *v, struct arena *a, struct cell *out)
{
    struct buf b;
    buf_init(&b, CELL_MAX);
    bool good = m->kind == SHAPE_CHOICES ? lines_of_choices(v, &b)
                : m->kind == SHAPE_MAP   ? lines_of_map(v, &b)
                                         : lines_of_texts(v, &b);
    bool empty = json_is_object(v) ? json_object_size(v) == 0 : json_array_size(v) == 0;
    *out = cell_text(empty ? SV(EMPTY_LIST) : arena_sv(a, buf_sv(&b)));
    good = good && buf_ok(&b);
    buf_done(&b);
    return good;
}

/* Text that looks like a number or 是/否 would come back as one: it is protected. */
static struct cell value_cell(const json_t *v, struct arena *a)
{
    int64_t n;
    struct sv s = json_text(v);
    if (json_is_boolean(v))
        return cell_bool(json_is_true(v));
    if (json_is_integer(v))
        return cell_number((int64_t)json_integer_value(v), a);
    if (sv_to_i64(s, &n) || sv_is(s, "是") || sv_is(s, "否"))
        return cell_text(arena_printf_sv(a, "\\%.*s", (int)s.n, s.p));
    return cell_text(plain_text(s, a));
}

/* In Chinese where there is a word for it; what is no word stays as it is. */
static struct cell word_cell(const struct shape_member *m, const json_t *v, struct arena *a)
{
    for (size_t i = 0; m->says && i < m->n_words; i++)
        if (sv_is(json_text(v), m->words[i]))
            return cell_text(sv_of(m->says[i]));
    return cell_text(plain_text(json_text(v), a));
}

bool cell_of_value(const struct shape_member *m, const json_t *v, struct arena *a,
                   struct cell *out)
{
    switch (m->kind) {
    case SHAPE_CODE: case SHAPE_TEXT: case SHAPE_DATE: case SHAPE_REF:
        *out = cell_text(plain_text(json_text(v), a));
        return json_is_string(v);
    case SHAPE_WORD:
        *out = word_cell(m, v, a);
        return json_is_string(v);
    case SHAPE_INT:
        *out = cell_number((int64_t)json_integer_value(v), a);
        return json_is_integer(v);
    case SHAPE_BOOL:
        *out = cell_text(json_is_true(v) ? SV("是") : SV("否"));
        return json_is_boolean(v);
    case SHAPE_TEXTS: case SHAPE_REFS: case SHAPE_CHOICES: case SHAPE_MAP:
        return lines(m, v, a, out);
    case SHAPE_COND: case SHAPE_JSON:
        *out = cell_text(json_dump(a, v, false));
        return json_is_object(v);
    case SHAPE_VALUE:
        *out = value_cell(v, a);
        return json_is_string(v) || json_is_boolean(v) || json_is_integer(v);
    case SHAPE_LIST:
        *out = cell_text(json_array_size(v) ? SV(SEE_SHEET) : SV(EMPTY_LIST));
        return json_is_array(v);
    case SHAPE_OBJECT:
        return false;
    }
    return false;
}

/* ---- reading ---- */

/* What a person sees in the cell, as text: numbers too, since Excel makes numbers of codes. */
static bool seen_text(struct cell c, struct sv *out)
{
    *out = c.kind == CELL_BOOL ? (c.yes ? SV("是") : SV("否")) : c.text;
    return c.kind != CELL_ERROR;
}

static json_t *text_value(struct cell c, const char **why)
{
    struct sv s;
    if (!seen_text(c, &s)) {
        *why = "单元格里是错误值";
        return NULL;
    }
    if (sv_is(s, EMPTY_TEXT))
        s = SV("");
    else if (s.n && s.p[0] == '\\')
        s = sv_skip(s, 1);
    else
        s = sv_trim(s);
    if (utf8_clean(s))
        return json_stringn(s.n ? s.p : "", s.n);
    *why = "文字中含有控制字符";
    return NULL;
}

/* A date typed in Excel is a number of days. */
static json_t *date_value(struct cell c, const char **why)
{
    int64_t n;
    char text[11];
    if (c.kind == CELL_NUMBER && sv_to_i64(c.text, &n) && n > EXCEL_TO_UNIX &&
        n <= EXCEL_EPOCH_LAST)
        return json_string(date_format((int32_t)(n - EXCEL_TO_UNIX), text));
    return text_value(c, why);
}

static json_t *int_value(struct cell c, const char **why)
{
    int64_t n;
    if ((c.kind == CELL_NUMBER || c.kind == CELL_TEXT) && sv_to_i64(sv_trim(c.text), &n))
        return json_integer(n);
    *why = "应为整数";
    return NULL;
}

static json_t *bool_value(struct cell c, const char **why)
{
    struct sv s = sv_trim(c.text);
    if (c.kind == CELL_BOOL)
        return json_boolean(c.yes);
    if (sv_is(s, "是") || sv_is(s, "TRUE"))
        return json_true();
    if (sv_is(s, "否") || sv_is(s, "FALSE"))
        return json_false();
    *why = "应为“是”或“否”";
    return NULL;
}

static json_t *word_value(const struct shape_member *m, struct cell c, const char **why,
                          struct arena *a)
{
    json_t *v = text_value(c, why);
    struct buf b;
    for (size_t i = 0; v && i < m->n_words; i++) {
        if (sv_is(json_text(v), m->words[i]))
            return v;
        if (m->says && sv_is(json_text(v), m->says[i])) {
            json_decref(v);
            return json_string(m->words[i]);
        }
    }
    if (!v)
        return NULL;
    json_decref(v);
    buf_init(&b, 4096);
    buf_str(&b, "应为以下之一：");
    for (size_t i = 0; i < m->n_words; i++)
        buf_fmt(&b, "%s%s", i ? "、" : "", m->says ? m->says[i] : m->words[i]);
    *why = arena_dup(a, buf_sv(&b));
    buf_done(&b);
    return NULL;
}

/* One piece of a line up to an unprotected stop (0: to the end). */
static bool line_piece(struct sv *rest, char stop, struct arena *a, struct sv *out)
{
    char *p = arena_alloc(a, rest->n + 1);
    size_t n = 0, i = 0;
    bool literal = rest->n >= 2 && rest->p[0] == '\\' && rest->p[1] == ':';
    for (i = literal ? 2 : 0; i < rest->n && (stop == 0 || rest->p[i] != stop); i++) {
        char c = rest->p[i];
        if (c == '\\' && i + 1 < rest->n)
            c = rest->p[++i] == 'n' ? '\n' : rest->p[i];
        p[n++] = c;
    }
    bool found = stop == 0 || i < rest->n;
    *rest = sv_skip(*rest, i + 1);
    *out = sv_make(p, n);
    if (!literal && sv_is(*out, EMPTY_TEXT))
        *out = SV("");
    return found && utf8_clean(*out);
}

static bool add_line(const struct shape_member *m, json_t *into, struct sv line, struct arena *a)
{
    struct sv key = SV(""), value;
    bool pair = m->kind == SHAPE_CHOICES || m->kind == SHAPE_MAP;
    if (pair && !line_piece(&line, '=', a, &key))
        return false;
    if (!line_piece(&line, 0, a, &value))
        return false;
    if (m->kind == SHAPE_MAP) {
        if (json_object_getn(into, key.p, key.n))
            return false;
        json_object_setn_new(into, key.p, key.n, json_stringn(value.p, value.n));
    } else if (m->kind == SHAPE_CHOICES) {
        json_t *o = json_object();
        json_put_sv(o, "value", key);
        json_put_sv(o, "label", value);
        json_push(into, o);
    } else {
        json_push_sv(into, value);
    }
    return true;
}

/* The line without blanks around it; a protected blank at its end stays. */
static struct sv line_trim(struct sv s)
{
    struct sv t = sv_trim(s);
    bool cut = t.n && t.p[t.n - 1] == '\\' && t.p + t.n < s.p + s.n;
    return cut ? sv_make(t.p, t.n + 1) : t;
}

static json_t *lines_value(const struct shape_member *m, struct cell c, struct arena *a,
                           const char **why)
{
    struct sv rest, line;
    json_t *v = m->kind == SHAPE_MAP ? json_object() : json_array();
    if (!seen_text(c, &rest)) {
        *why = "单元格里是错误值";
        json_decref(v);
        return NULL;
    }
    if (sv_is(sv_trim(rest), EMPTY_LIST))
        return v;
    while (rest.n) {
        line = line_trim(sv_cut(&rest, '\n'));
        if (line.n == 0 || add_line(m, v, line, a))
            continue;
        *why = m->kind == SHAPE_MAP || m->kind == SHAPE_CHOICES
                   ? "每行应写成“值=名称”，值不能重复" : "文字中含有控制字符";
        json_decref(v);
        return NULL;
    }
    return v;
}

static json_t *json_value(struct cell c, struct arena *a, const char **why)
{
    struct err e;
    err_init(&e, a);
    json_t *v = c.kind == CELL_TEXT ? json_parse(c.text, &e) : NULL;
    if (json_is_object(v))
        return v;
    *why = v || c.kind != CELL_TEXT ? "应为 {…} 形式的 JSON"
                                    : arena_printf(a, "应为 {…} 形式的 JSON：%s", err_text(&e));
    json_decref(v);
    return NULL;
}

static json_t *any_value(struct cell c, const char **why)
{
    int64_t n;
    struct sv s = sv_trim(c.text);
    if (c.kind == CELL_BOOL)
        return json_boolean(c.yes);
    if (c.kind != CELL_ERROR && sv_to_i64(s, &n))
        return json_integer(n);
    if (c.kind == CELL_TEXT && (sv_is(s, "是") || sv_is(s, "否")))
        return json_boolean(sv_is(s, "是"));
    return text_value(c, why);
}

json_t *value_of_cell(const struct shape_member *m, struct cell c, struct arena *a,
                      const char **why)
{
    switch (m->kind) {
    case SHAPE_CODE: case SHAPE_TEXT: case SHAPE_REF:
        return text_value(c, why);
    case SHAPE_DATE:
        return date_value(c, why);
    case SHAPE_WORD:
        return word_value(m, c, why, a);
    case SHAPE_INT:
        return int_value(c, why);
    case SHAPE_BOOL:
        return bool_value(c, why);
    case SHAPE_TEXTS: case SHAPE_REFS: case SHAPE_CHOICES: case SHAPE_MAP:
        return lines_value(m, c, a, why);
    case SHAPE_COND: case SHAPE_JSON:
        return json_value(c, a, why);
    case SHAPE_VALUE:
        return any_value(c, why);
    case SHAPE_LIST: case SHAPE_OBJECT:
        return NULL;
    }
    return NULL;
}
