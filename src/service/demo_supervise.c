/* demo_supervise: see demo_supervise.h. What becomes of a task goes by its entry's number, so that the
 * same data have the same tasks. */
#include "service/demo_supervise.h"

#include "service/supervise.h"

enum { AT_ONCE = 100, FORGOTTEN = 37, INSPECTED = 4, TROUBLED = 19, PROPOSED = 47, RECTIFY_DAYS = 15 };

struct day_ctx { const char *state; int64_t after; int32_t after_due; struct arena *arena;
                 struct supervision_entry *rows; size_t n; };

static int list_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct day_ctx *x = ctx;
    struct supervision_filter f = {
        .scope = SCOPE_REGION, .state = sv_of(x->state), .due_from = DATE_NONE,
        .due_to = DATE_NONE, .yellow_from = DATE_NONE, .yellow_to = DATE_NONE,
        .after_due = x->after_due, .after_id = x->after, .limit = AT_ONCE,
    };
    return supervision_list(c, &f, x->arena, &x->rows, &x->n, e);
}

static int act(const struct drive *d, const struct supervision_row *t, enum act what,
               const struct supervision_input *in, int64_t now, struct err *e)
{
    const struct actor *who = drive_reviewer(d, t->department, 0);
    struct command cmd = { .actor = who, .now = now, .if_match = t->version };
    return who ? supervise_act(d->app, &cmd, t->id, what, in, e) : 0;
}

static int acknowledge(const struct drive *d, const struct supervision_row *t, int64_t now,
                       struct err *e)
{
    struct supervision_input in = SUPERVISION_INPUT_NONE;
    bool waits = t->opened_on >= date_of_ms(now) || t->event_seq % FORGOTTEN == 0;
    return waits ? 0 : act(d, t, ACT_ACKNOWLEDGE_SUPERVISION, &in, now, e);
}

/* Every few are inspected some days later. */
static int inspect(const struct drive *d, const struct supervision_row *t, int64_t now,
                   struct err *e)
{
    int32_t today = date_of_ms(now);
    struct supervision_input in = SUPERVISION_INPUT_NONE;
    if (t->kind != SUPERVISE_START || t->event_seq % INSPECTED != 0 || today < t->opened_on + 5)
        return 0;
    if (t->event_seq % TROUBLED != 0) {
        in.reason = SV("示例：现场检查，与许可条件相符");
        return act(d, t, ACT_REPORT_SOUND, &in, now, e);
    }
    in.result = SV("rectify");
    in.reason = SV("示例：从业人员健康证明过期一份，要求补办");
    in.rectify_by = today + RECTIFY_DAYS;
    return act(d, t, ACT_REPORT_PROBLEM, &in, now, e);
}

static int propose(const struct drive *d, const struct supervision_row *t, int64_t now,
                   struct err *e)
{
    struct supervision_input in = SUPERVISION_INPUT_NONE;
    if (t->event_seq % PROPOSED >= PROPOSED / 2 || date_of_ms(now) < t->result_on + 2)
        return 0;
    in.wants = SV("withdraw_permit");
    in.reason = SV("示例：复查仍未整改，不再符合许可条件");
    in.basis = SV("行政许可法第八条第二款（示例）");
    in.document = SV("示例监函〔2026〕1号");
    return act(d, t, ACT_PROPOSE_TAKING, &in, now, e);
}

int demo_supervise(const struct drive *d, int64_t now, struct err *e)
{
    static const struct {
        const char *state;
        int (*work)(const struct drive *d, const struct supervision_row *t, int64_t now,
                    struct err *e);
    } ways[] = { { "finding", propose }, { "acknowledged", inspect }, { "pending", acknowledge } };
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < sizeof ways / sizeof ways[0]; k++) {
        struct day_ctx x = { .state = ways[k].state, .after_due = DATE_NONE };
        do {
            x.arena = arena_new();
            rc = db_read(d->app->db, list_tx, &x, e);
            for (size_t i = 0; rc == 0 && i < x.n; i++) {
                const struct supervision_row *t = &x.rows[i].task;
                x.after = t->id;
                x.after_due = t->clock.due_on == DATE_NONE ? 9999999 : t->clock.due_on;
                rc = ways[k].work(d, t, now, e);
            }
            arena_free(x.arena);
        } while (rc == 0 && x.n == AT_ONCE);
    }
    return rc;
}
