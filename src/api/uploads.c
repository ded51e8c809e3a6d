/* uploads: files that come in pieces (src/service/upload.h), and turning a page. */
#include "api/api.h"
#include "service/upload.h"

#define N(table) table, sizeof table / sizeof table[0]

static json_t *upload_json(const struct upload_state *s)
{
    json_t *o = json_object();
    put_id(o, "id", s->row.id);
    json_put_sv(o, "material", s->row.material);
    json_put_sv(o, "name", s->row.name);
    json_put_i64(o, "size", s->row.size);
    json_put_i64(o, "offset", s->offset);
    if (s->row.attachment_id)
        put_id(o, "attachment", s->row.attachment_id);
    else
        json_put(o, "attachment", json_null());
    json_put_bool(o, "duplicate", s->row.duplicate);
    return o;
}

static int answer(struct request *rq, struct response *rs, int status, int64_t id, struct err *e)
{
    struct upload_state s;
    int rc = upload_open(app_of(rq), actor_of(rq), id, rq->arena, &s, e);
    return rc == 0 ? api_json(rq, rs, status, upload_json(&s)) : rc;
}

struct begin_in { struct sv material, name, replaces; int64_t size; };
static const struct json_field BEGIN[] = {
    { "material", "材料", JSON_K_TEXT, true, offsetof(struct begin_in, material), 0, 40 },
    { "name", "文件名", JSON_K_TEXT, true, offsetof(struct begin_in, name), 0, 400 },
    { "size", "大小", JSON_K_INT, true, offsetof(struct begin_in, size), 0, 0 },
    { "replaces", "替换的文件", JSON_K_TEXT, false, offsetof(struct begin_in, replaces), 0, 20 },
};

int begin_upload(struct request *rq, struct response *rs, struct err *e)
{
    struct begin_in in = { 0 };
    struct new_file f = { 0 };
    struct command cmd;
    int64_t case_id, id = 0;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(BEGIN), &in, e) : e->code;
    if (rc == 0) {
        f = (struct new_file){ .material = in.material, .name = sv_trim(in.name),
                               .size = in.size };
        media_name_check(f.name, e);
        if (in.replaces.n && !sv_to_i64(in.replaces, &f.replaces))
            err_problem(e, SV("/replaces"), "unknown_file", "没有要替换的这个文件");
        rc = e->code;
    }
    if (rc == 0)
        rc = api_id(rq, 0, &case_id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = upload_begin(app_of(rq), &cmd, case_id, &f, &id, e);
    json_decref(body);
    return rc == 0 ? answer(rq, rs, 201, id, e) : rc;
}

int get_upload(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    return rc == 0 ? answer(rq, rs, 200, id, e) : rc;
}

/* The pieces are all there: what are they, and hand them in. What is wrong with the file itself takes the
 * pieces away; what may pass (a scanner that does not answer) leaves them for another try. */
static int finish(struct request *rq, const struct command *cmd, const struct upload_row *row,
                  struct err *e)
{
    struct app *app = app_of(rq);
    struct new_file f = { .material = row->material, .name = row->name,
                          .replaces = row->replaces };
    int64_t file_id;
    bool duplicate;
    int rc = draft_attach_allowed(app, cmd, row->case_id, row->material, e);
    if (rc != 0)
        return rc;
    rq->blob = blob_part_open(app->data_dir.p, row->id, app->upload_cap, e);
    rc = rq->blob ? api_upload_type(rq, &f, e) : e->code;
    if (rc == 0)
        rc = api_upload_keep(rq, &f, e);
    if (rc != 0 && rc != ERR_INVALID) {
        blob_close(rq->blob);
        rq->blob = NULL;
    }
    return rc == 0 ? upload_finish(app, cmd, row, &f, &file_id, &duplicate, e) : rc;
}

int send_upload(struct request *rq, struct response *rs, struct err *e)
{
    struct upload_state s;
    struct command cmd;
    int64_t id, offset;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0 && !sv_to_i64(http_header(rq, "Upload-Offset"), &offset))
        rc = err_set(e, ERR_MALFORMED, "缺少 Upload-Offset，或它不是数字");
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = upload_open(app_of(rq), actor_of(rq), id, rq->arena, &s, e);
    if (rc != 0 || s.row.attachment_id)
        return rc != 0 ? rc : api_json(rq, rs, 200, upload_json(&s));
    /* An empty piece at the end asks to finish again. */
    if (rq->body.n > 0)
        rc = upload_add(app_of(rq), &s.row, offset, rq->body, &s.offset, e);
    if (rc == 0 && s.offset == s.row.size)
        rc = finish(rq, &cmd, &s.row, e);
    return rc == 0 ? answer(rq, rs, 200, id, e) : rc;
}

int drop_upload(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = upload_drop(app_of(rq), actor_of(rq), id, e);
    return rc == 0 ? api_no_content(rs) : rc;
}

struct turn_in { int64_t rotation; };
static const struct json_field TURN[] = {
    { "rotation", "旋转角度", JSON_K_INT, true, offsetof(struct turn_in, rotation), 0, 0 },
};

int turn_attachment(struct request *rq, struct response *rs, struct err *e)
{
    struct turn_in in = { 0 };
    struct command cmd;
    int64_t case_id, file_id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(TURN), &in, e) : e->code;
    json_decref(body);
    if (rc == 0)
        rc = api_id(rq, 0, &case_id, e);
    if (rc == 0)
        rc = api_id(rq, 1, &file_id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = draft_turn(app_of(rq), &cmd, case_id, file_id, in.rotation, e);
    return rc == 0 ? api_no_content(rs) : rc;
}
