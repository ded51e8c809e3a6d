/* rating: see voice.h. */
#include "base/utf8.h"
#include "service/bundle.h"
#include "service/notify.h"
#include "service/voice.h"

const struct rating_tag RATING_TAGS[] = {
    { "clear", "一次讲清楚", true }, { "fast", "办得快", true }, { "easy", "填报简单", true },
    { "kind", "态度好", true }, { "once", "不用跑第二次", true },
    { "unclear", "没讲清楚", false }, { "slow", "办得慢", false },
    { "repeat", "材料重复要", false }, { "rude", "态度不好", false },
    { "trips", "跑了多次", false }, { "system", "系统不好用", false },
};
const size_t RATING_N_TAGS = sizeof RATING_TAGS / sizeof RATING_TAGS[0];

const char *rating_word(int64_t stars)
{
    static const char *const words[] = { "非常不满意", "不满意", "基本满意", "满意", "非常满意" };
    return words[stars < 1 ? 0 : stars > 5 ? 4 : stars - 1];
}

static void check_tags(const json_t *tags, struct err *e)
{
    size_t i;
    json_t *one;
    json_array_foreach(tags, i, one) {
        size_t k = 0;
        while (k < RATING_N_TAGS && !sv_is(json_text(one), RATING_TAGS[k].code))
            k++;
        if (k == RATING_N_TAGS)
            err_problem(e, json_pointer_at(e->arena, SV("/tags"), i), "unknown_tag", "没有这个选项");
    }
    if (json_array_size(tags) > RATING_N_TAGS)
        err_problem(e, SV("/tags"), "too_many", "选项太多");
}

struct give_ctx { struct app *app; const struct command *cmd; struct arena *arena; int64_t case_id;
                  int64_t stars; const json_t *tags; struct sv note; };

/* It is over when nothing is open and, if something was granted, the licence is out. */
static bool over(const struct case_row *row)
{
    return row->state == CASE_ISSUED || row->state == CASE_ARCHIVED || row->state == CASE_ENDED ||
           row->state == CASE_WITHDRAWN || (row->state == CASE_DECIDED && row->n_open == 0);
}

static int tell_bureau(struct give_ctx *x, struct db_conn *c, const struct case_row *row,
                       struct err *e)
{
    if (x->stars > LOW_STARS)
        return 0;
    return notify_role(x->app, c, ROLE_BUREAU, row->region,
                       (struct notify_about){ .case_id = row->id }, "rating_low",
                       NOTIFY_VARS({ "number", row->number }, { "holder", row->holder_name },
                                   { "word", sv_of(rating_word(x->stars)) }),
                       SV(""), x->cmd->now, e);
}

static int give_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct give_ctx *x = ctx;
    struct case_row row;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = case_find(c, x->case_id, x->arena, &row, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || row.applicant_id != x->cmd->actor->id)
        return err_set(e, ERR_NOT_FOUND, "没有找到这个办件，或它不是您的");
    if (!over(&row))
        return err_refuse(e, "R8.4", "办件还没有办完，办完后再评价");
    struct rating_row r = { .case_id = row.id, .region = row.region, .industry = row.industry,
                            .stars = x->stars, .tags = json_dump(x->arena, x->tags, true),
                            .note = x->note, .rated_at = x->cmd->now,
                            .rated_by = x->cmd->actor->id };
    rc = rating_insert(c, &r, e);
    if (rc == 0)
        rc = err_refuse(e, "R8.4", "这个办件已经评价过了");
    if (rc == 1)
        rc = tell_bureau(x, c, &row, e);
    return rc == 0 ? command_end(c, x->cmd, SV("rated"), e) : rc;
}

int rating_give(struct app *app, const struct command *cmd, int64_t case_id, int64_t stars,
                const json_t *tags, struct sv note, struct err *e)
{
    struct give_ctx x = { app, cmd, arena_new(), case_id, stars, tags, note };
    json_t *none = tags ? NULL : json_array();
    if (stars < 1 || stars > 5)
        err_problem(e, SV("/stars"), "out_of_range", "请选1到5星");
    check_tags(tags, e);
    if (!utf8_clean(note) || utf8_count(note) > NOTE_MAX)
        err_problem(e, SV("/note"), "too_long", "意见不能超过%d个字，也不能含特殊字符", NOTE_MAX);
    if (none)
        x.tags = none;
    int rc = e->code ? e->code : db_write(app->db, give_tx, &x, e);
    json_decref(none);
    arena_free(x.arena);
    return rc;
}

struct answer_ctx { struct app *app; const struct command *cmd; struct arena *arena; int64_t case_id;
                    struct sv reply; };

static int answer_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct answer_ctx *x = ctx;
    struct rating_row r;
    struct case_row row;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = rating_find(c, x->case_id, x->arena, &r, e);
    if (rc == 1)
        rc = case_find(c, x->case_id, x->arena, &row, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || !region_covers(x->app->catalog, x->cmd->actor->region, r.region))
        return err_set(e, ERR_NOT_FOUND, "没有这个评价，或它不归您答复");
    if (r.replied_at)
        return err_refuse(e, "R8.4", "这个评价已经答复过了");
    r.reply = x->reply;
    r.replied_at = x->cmd->now;
    r.replied_by = x->cmd->actor->id;
    r.replied_name = x->cmd->actor->name;
    rc = rating_reply(c, &r, e);
    if (rc == 0)
        rc = notify_case(x->app, c, &row, "rating_replied",
                         NOTIFY_VARS({ "number", row.number }, { "reply", x->reply }), SV(""),
                         x->cmd->now, e);
    return rc == 0 ? command_end(c, x->cmd, SV("replied"), e) : rc;
}

int rating_answer(struct app *app, const struct command *cmd, int64_t case_id, struct sv reply,
                  struct err *e)
{
    struct answer_ctx x = { app, cmd, arena_new(), case_id, reply };
    if (reply.n == 0)
        err_problem(e, SV("/reply"), "required", "请填写答复");
    else if (!utf8_clean(reply) || utf8_count(reply) > NOTE_MAX)
        err_problem(e, SV("/reply"), "too_long", "答复不能超过%d个字，也不能含特殊字符", NOTE_MAX);
    int rc = e->code ? e->code : db_write(app->db, answer_tx, &x, e);
    arena_free(x.arena);
    return rc;
}
