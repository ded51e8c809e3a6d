/* voice: see voice.h. */
#include "service/voice.h"

#include "base/utf8.h"
#include "domain/law/ids.h"
#include "service/bundle.h"
#include "service/notify.h"
#include "sys/ids.h"

/* ---- questions ---- */

static bool hall_person(const struct actor *a)
{
    return a->role == ROLE_CLERK || a->role == ROLE_BUREAU;
}

static void check_text(struct sv s, const char *pointer, const char *label, size_t most,
                       struct err *e)
{
    if (s.n == 0)
        err_problem(e, sv_of(pointer), "required", "请填写%s", label);
    else if (!utf8_clean(s) || utf8_count(s) > most)
        err_problem(e, sv_of(pointer), "too_long", "%s不能超过%zu个字，也不能含特殊字符", label,
                    most);
}

static void check_question(const struct app *app, const struct actor *who,
                           const struct question_input *in, struct err *e)
{
    struct id_verdict v;
    check_text(in->question, "/question", "问题", QUESTION_MAX, e);
    if (!catalog_region(app->catalog, in->region))
        err_problem(e, SV("/region"), "unknown_region", "没有这个行政区划");
    else if (hall_person(who) && !region_covers(app->catalog, who->region, in->region))
        err_problem(e, SV("/region"), "other_region", "只能登记本地区的咨询");
    if (in->industry.n && !catalog_industry(app->catalog, in->industry))
        err_problem(e, SV("/industry"), "unknown_industry", "目录中没有这个行业");
    if (!hall_person(who))
        return;
    if (!sv_is(in->channel, "window") && !sv_is(in->channel, "phone"))
        err_problem(e, SV("/channel"), "out_of_range", "登记的咨询应为窗口或电话");
    check_text(in->name, "/name", "咨询人称呼", 40, e);
    if (in->phone.n && !ids_check_phone(in->phone, "联系电话", &v))
        err_problem(e, SV("/phone"), "bad_phone", "%s", v.problem);
    if (in->answer.n)
        check_text(in->answer, "/answer", "答复", ANSWER_MAX, e);
}

struct ask_ctx { struct app *app; const struct command *cmd; struct arena *arena;
                 struct consultation_row row; };

static int tell_hall(struct ask_ctx *x, struct db_conn *c, struct err *e)
{
    const struct notify_var vars[] = { { "question", x->row.question } };
    static const enum role halls[] = { ROLE_CLERK, ROLE_BUREAU };
    struct notify_about about = { .subject = arena_printf_sv(x->arena, "consultation:%lld",
                                                             (long long)x->row.id) };
    int rc = 0;
    for (size_t i = 0; rc == 0 && x->row.answered_at == 0 && i < 2; i++)
        rc = notify_role(x->app, c, halls[i], x->row.region, about, "consultation_asked", vars, 1,
                         SV(""), x->cmd->now, e);
    return rc;
}

static int ask_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct ask_ctx *x = ctx;
    struct sv ref;
    int64_t open = 0;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc == 1)
        return sv_to_i64(ref, &x->row.id) ? 0 : ERR_CORRUPT;
    if (rc == 0 && x->row.asker_id)
        rc = consultation_count_open(c, x->row.asker_id, &open, e);
    if (rc == 0 && open >= OPEN_QUESTIONS_MAX)
        rc = err_refuse(e, "R4.4", "您还有%d个问题在等答复，请等答复后再问，或直接打电话咨询",
                        OPEN_QUESTIONS_MAX);
    if (rc == 0)
        rc = consultation_insert(c, &x->row, e);
    if (rc == 0)
        rc = tell_hall(x, c, e);
    return rc == 0 ? command_end(c, x->cmd, arena_printf_sv(x->arena, "%lld",
                                                            (long long)x->row.id), e)
                   : rc;
}

int consultation_ask(struct app *app, const struct command *cmd, const struct question_input *in,
                     int64_t *id, struct err *e)
{
    const struct actor *who = cmd->actor;
    bool hall = hall_person(who);
    struct ask_ctx x = { .app = app, .cmd = cmd, .arena = arena_new() };
    check_question(app, who, in, e);
    x.row = (struct consultation_row){
        .id = id_next(), .region = in->region, .hall = hall ? who->hall : SV(""),
        .industry = in->industry, .channel = hall ? in->channel : SV("online"),
        .asker_id = hall ? 0 : who->id, .asker_name = hall ? in->name : who->name,
        .asker_phone = hall ? in->phone : who->phone, .question = in->question,
        .asked_at = cmd->now,
    };
    if (hall && in->answer.n) {
        x.row.answer = in->answer;
        x.row.answered_at = cmd->now;
        x.row.answered_by = who->id;
        x.row.answered_name = who->name;
    }
    int rc = e->code ? e->code : db_write(app->db, ask_tx, &x, e);
    *id = x.row.id;
    arena_free(x.arena);
    return rc;
}

bool consultation_concerns(const struct app *app, const struct actor *actor,
                           const struct consultation_row *row)
{
    if (hall_person(actor))
        return region_covers(app->catalog, actor->region, row->region);
    return row->asker_id == actor->id;
}

struct open_ctx { int64_t id; struct arena *arena; struct consultation_row *row; };

static int open_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct open_ctx *x = ctx;
    return consultation_find(c, x->id, x->arena, x->row, e);
}

int consultation_open(struct app *app, const struct actor *actor, int64_t id, struct arena *a,
                      struct consultation_row *out, struct err *e)
{
    struct open_ctx x = { id, a, out };
    int rc = db_peek(app->db, open_tx, &x, e);
    if (rc < 0)
        return rc;
    return rc == 1 && consultation_concerns(app, actor, out)
               ? 0 : err_set(e, ERR_NOT_FOUND, "没有这个咨询，或它不归您看");
}

struct reply_ctx { struct app *app; const struct command *cmd; struct arena *arena; int64_t id;
                   struct sv answer; bool open_to_all; };

/* The first words of a question: a message has to be short. */
static struct sv opening(struct sv text, struct arena *a)
{
    enum { WORDS = 30 };
    size_t n = 0;
    for (size_t seen = 0; n < text.n; n++)
        if (((unsigned char)text.p[n] & 0xc0) != 0x80 && seen++ == WORDS)
            return arena_printf_sv(a, "%.*s…", (int)n, text.p);
    return text;
}

static int reply_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct reply_ctx *x = ctx;
    struct consultation_row row;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = consultation_find(c, x->id, x->arena, &row, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || !consultation_concerns(x->app, x->cmd->actor, &row))
        return err_set(e, ERR_NOT_FOUND, "没有这个咨询，或它不归您答复");
    rc = command_match(x->cmd, row.version, e);
    if (rc != 0)
        return rc;
    row.answer = x->answer;
    row.answered_at = x->cmd->now;
    row.answered_by = x->cmd->actor->id;
    row.answered_name = x->cmd->actor->name;
    row.open_to_all = x->open_to_all;
    row.version++;
    rc = consultation_answer(c, &row, e);
    struct notify_to to = { .user_id = row.asker_id, .phone = row.asker_phone };
    if (rc == 0 && to.user_id) /* others have heard it at the window or by telephone */
        rc = notify_send(x->app, c, &to, "consultation_answered",
                         NOTIFY_VARS({ "question", opening(row.question, x->arena) }), SV(""),
                         x->cmd->now, e);
    return rc == 0 ? command_end(c, x->cmd, SV("answered"), e) : rc;
}

int consultation_reply(struct app *app, const struct command *cmd, int64_t id, struct sv answer,
                       bool open_to_all, struct err *e)
{
    struct reply_ctx x = { app, cmd, arena_new(), id, answer, open_to_all };
    check_text(answer, "/answer", "答复", ANSWER_MAX, e);
    int rc = e->code ? e->code : db_write(app->db, reply_tx, &x, e);
    arena_free(x.arena);
    return rc;
}
