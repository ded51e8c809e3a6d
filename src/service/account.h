/* account: who somebody is: officers by password, applicants by phone and one-time code (R9.1).
 *
 * A session is a random token in a cookie; the database keeps only its SM3. Guessing is slowed
 * per account and per address. Nothing here tells whether an account exists.
 */
#ifndef YZ_SERVICE_ACCOUNT_H
#define YZ_SERVICE_ACCOUNT_H

#include "service/app.h"

enum { TOKEN_BYTES = 32, TOKEN_TEXT = 44, CSRF_TEXT = 33 };
/* Of every demonstration account; made by init --demo only. */
#define DEMO_PASSWORD "yizheng-demo"
enum { CODE_SECONDS = 300, CODE_AGAIN_SECONDS = 60, SESSION_HOURS = 12 };

struct session { char token[TOKEN_TEXT]; struct actor actor; /* text on the caller's arena */ };

/* Send a code to a phone (message outbox). code gets it for demonstration mode. ERR_THROTTLED. */
int account_send_code(struct app *app, struct sv phone, struct sv address, int64_t now,
                      char code[7], struct err *e);
/* Sign in; the account is made when the phone is new (name then required). */
int account_enter_applicant(struct app *app, struct sv phone, struct sv code, struct sv name,
                            struct sv address, int64_t now, struct arena *a,
                            struct session *out, struct err *e);
int account_enter_officer(struct app *app, struct sv login, struct sv password, struct sv address,
                          int64_t now, struct arena *a, struct session *out, struct err *e);
/* 1 and the actor for a live token, 0 for none. */
int account_find(struct app *app, struct sv token, int64_t now, struct arena *a,
                 struct actor *out, struct err *e);
int account_leave(struct app *app, struct sv token, struct err *e);
/* The CSRF token that belongs to a session token. */
void account_csrf(const struct app *app, struct sv token, char out[CSRF_TEXT]);

struct new_officer { struct sv login, name, password, role, department, region, hall, email;
                     bool head; /* of the department */ };
/* Checked against the catalogue: role, department, region; problems all at once. */
int account_add_officer(struct app *app, const struct new_officer *in, int64_t now,
                        struct err *e);
int account_list_officers(struct app *app, struct arena *a, struct user_row **out, size_t *n,
                          struct err *e);
/* Sign-in without credentials for tools that run on the data directory itself (demonstration
 * data, load tests): a session for an existing account. */
int account_open_session(struct app *app, int64_t user_id, int64_t now,
                         char token[TOKEN_TEXT], struct err *e);
/* Expired sessions and codes, old idempotency keys and throttle counts go. */
int account_purge(struct app *app, int64_t now, struct err *e);

#endif
