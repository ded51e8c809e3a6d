/* publicity: the bureau's list of decisions for 双公示, as JSON, CSV and Excel (src/service/publicity.h). */
#include "api/api.h"
#include "service/publicity.h"

enum { FILE_MOST = 48 << 20, DAYS_BEFORE = 30, SHOWN_MOST = 500 };

static json_t *row_json(const struct publicity *x)
{
    json_t *o = json_object();
    put_id(o, "id", x->row.id);
    json_put_sv(o, "kind", x->kind);
    json_put_sv(o, "holder", x->row.holder);
    json_put_sv(o, "uscc", x->row.uscc);
    json_put_sv(o, "document_name", x->document_name);
    json_put_sv(o, "document_number", x->document_number);
    json_put_sv(o, "permit", x->content);
    json_put_sv(o, "number", x->row.number);
    json_put_sv(o, "department", x->department);
    put_date(o, "decided_on", x->row.decided_on);
    put_date(o, "due_on", x->due);
    put_date(o, "shown_on", x->row.shown_on);
    json_put_sv(o, "state", sv_of(publicity_state_key(x->state)));
    json_put_sv(o, "state_text", sv_of(publicity_state_text(x->state)));
    return o;
}

/* What is overdue first: that is what somebody has to do. */
static json_t *list_json(const struct publicity_list *list)
{
    json_t *o = json_object();
    json_t *items = json_array();
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < list->n && json_array_size(items) < SHOWN_MOST; i++)
            if ((list->rows[i].state == PUBLICITY_OVERDUE) == (pass == 0))
                json_push(items, row_json(&list->rows[i]));
    json_put_i64(o, "total", (int64_t)list->n);
    json_put_i64(o, "overdue", (int64_t)list->overdue);
    json_put_bool(o, "cut", list->cut);
    json_put(o, "items", items);
    return o;
}

static int answer_file(struct request *rq, struct response *rs, const struct publicity_list *list,
                       bool xlsx, struct sv name, struct err *e)
{
    struct buf b;
    int rc = 0;
    buf_init(&b, FILE_MOST);
    if (xlsx)
        rc = publicity_xlsx(list, &b, e);
    else
        publicity_csv(list, &b);
    if (rc == 0 && !buf_ok(&b))
        rc = err_set(e, ERR_TOO_LARGE, "决定太多，请缩短日期范围");
    if (rc == 0)
        rc = put_bytes(rq, rs, &b, xlsx ? "application/vnd.openxmlformats-officedocument."
                                          "spreadsheetml.sheet"
                                        : "text/csv; charset=utf-8",
                       arena_printf(rq->arena, "attachment; filename=\"%s.%s\"", name.p,
                                    xlsx ? "xlsx" : "csv"));
    buf_done(&b);
    return rc;
}

int list_publicity(struct request *rq, struct response *rs, struct err *e)
{
    struct publicity_list list;
    struct sv format = http_query(rq, "format");
    bool csv = sv_is(format, "csv"), xlsx = sv_is(format, "xlsx");
    int32_t from, to, today = date_of_ms(caller_of(rq)->now);
    char text[2][11];
    api_date(http_query(rq, "from"), "/from", &from, e);
    api_date(http_query(rq, "to"), "/to", &to, e);
    if (format.n && !csv && !xlsx && !sv_is(format, "json"))
        err_problem(e, SV("/format"), "bad_word", "format 应为 json、csv 或 xlsx");
    if (e->code)
        return e->code;
    to = to == DATE_NONE ? today : to;
    from = from == DATE_NONE ? to - DAYS_BEFORE : from;
    int rc = publicity_open(app_of(rq), api_region(rq), from, to, today, rq->arena, &list, e);
    if (rc != 0)
        return rc;
    if (!csv && !xlsx)
        return api_json(rq, rs, 200, list_json(&list));
    return answer_file(rq, rs, &list, xlsx,
                       arena_printf_sv(rq->arena, "publicity-%s-%s", date_format(from, text[0]),
                                       date_format(to, text[1])),
                       e);
}
