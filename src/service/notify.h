/* notify: telling people. Called INSIDE the write transaction of an act, so that the act and what
 * is told about it are one: both on disk, or neither.
 *
 * A notice is a template (catalog/notices.json) and its variables. It goes into the person's list
 * when they have an account, and as one dispatch per channel of the template for which there is an
 * address; src/job sends those later. `dedupe` names the occasion ("warn:<item>:<due>"): the same
 * occasion never makes a second message, whoever asks again; "" = always a new one. It is global,
 * so it should name what it is about. Returns 0 (also when told before) or a negative error, which is
 * a mistake of the program (unknown template, missing variable) or of the database.
 */
#ifndef YZ_SERVICE_NOTIFY_H
#define YZ_SERVICE_NOTIFY_H

#include "service/app.h"

/* user_id 0 = no account: only by phone or email. item_id: the item an officer should open; subject:
 * what else it is about, "supervision:<id>", "draft:<id>", "consultation:<id>", "licence:<number>". */
struct notify_to { int64_t user_id; struct sv phone, email, subject; int64_t case_id, item_id; };
/* What a message to several officers leads to. */
struct notify_about { int64_t case_id; struct sv subject; };

int notify_send(struct app *app, struct db_conn *c, const struct notify_to *to,
                const char *template_key, const struct notify_var *vars, size_t n,
                struct sv dedupe, int64_t now, struct err *e);

/* The applicant of a case. */
int notify_case(struct app *app, struct db_conn *c, const struct case_row *row,
                const char *template_key, const struct notify_var *vars, size_t n,
                struct sv dedupe, int64_t now, struct err *e);
/* Every enabled reviewer of a department (of one region of it: region, or "" = all). dedupe is
 * extended per person. */
int notify_department(struct app *app, struct db_conn *c, struct sv department, struct sv region,
                      struct notify_about about, const char *template_key,
                      const struct notify_var *vars, size_t n, struct sv dedupe, int64_t now,
                      struct err *e);
/* What notify_department told on this occasion is done: the department's messages about it count as
 * read. */
int notify_settled(struct db_conn *c, struct sv department, struct sv dedupe, int64_t now,
                   struct err *e);
/* Every enabled reviewer of the item's department; the message leads to the item. */
int notify_item(struct app *app, struct db_conn *c, const struct item_row *item,
                const char *template_key, const struct notify_var *vars, size_t n,
                struct sv dedupe, int64_t now, struct err *e);
/* Every enabled officer of a role (ROLE_CLERK … ROLE_ADMIN) whose region is exactly this one ("" =
 * any): the bureau of a district and that of the city are different offices. dedupe as above. */
int notify_role(struct app *app, struct db_conn *c, enum role role, struct sv region,
                struct notify_about about, const char *template_key,
                const struct notify_var *vars, size_t n, struct sv dedupe, int64_t now,
                struct err *e);

/* Variables in a call: NOTIFY_VARS({ "number", row->number }, { "due", due }). */
#define NOTIFY_VARS(...)                                                                     \
    (const struct notify_var[]){ __VA_ARGS__ },                                              \
        sizeof((const struct notify_var[]){ __VA_ARGS__ }) / sizeof(struct notify_var)

#endif
