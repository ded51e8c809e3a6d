/* account: see account.h. */
#include "service/account.h"

#include "domain/law/ids.h"
#include "service/notify.h"
#include "store/upload_store.h"
#include "sys/ids.h"

enum { MAX_FAILURES = 5, ADDRESS_FAILURES = 40, CODE_TRIES = 5, CODES_PER_ADDRESS = 30 };
#define WINDOW_MS INT64_C(900000) /* 15 minutes */
#define IDEM_KEEP_MS (INT64_C(3) * MS_PER_DAY)
#define CODE_TEXT_KEEP_MS MS_PER_DAY
#define UPLOAD_KEEP_MS (INT64_C(2) * MS_PER_DAY)

static void token_hash(struct sv token, struct sm3_hash *out)
{
    sm3(token, out);
}

static void code_hash(const struct app *app, struct sv phone, struct sv code,
                      struct sm3_hash *out)
{
    struct buf b;
    buf_init(&b, 256);
    buf_str(&b, "code:");
    buf_sv_add(&b, phone);
    buf_byte(&b, ':');
    buf_sv_add(&b, code);
    hmac_sm3(sv_make((const char *)app->mac_key.b, SM3_SIZE), buf_sv(&b), out);
    buf_done(&b);
}

void account_csrf(const struct app *app, struct sv token, char out[CSRF_TEXT])
{
    struct sm3_hash h;
    char hex[65];
    struct buf b;
    buf_init(&b, 256);
    buf_str(&b, "csrf:");
    buf_sv_add(&b, token);
    hmac_sm3(sv_make((const char *)app->mac_key.b, SM3_SIZE), buf_sv(&b), &h);
    buf_done(&b);
    sm3_hex(&h, hex);
    memcpy(out, hex, CSRF_TEXT - 1);
    out[CSRF_TEXT - 1] = 0;
}

static void actor_of(const struct user_row *u, struct actor *out)
{
    *out = (struct actor){ .id = u->id, .role = role_of(u->role), .name = u->name,
                           .phone = u->phone, .login = u->login, .department = u->department,
                           .region = u->region, .hall = u->hall, .head = u->head };
}

/* ---- throttling ---- */

struct gate { struct sv key; int64_t max; };

/* ERR_THROTTLED while blocked. */
static int gate_check(struct db_conn *c, const struct gate *g, int64_t now, struct err *e)
{
    struct throttle_row row;
    int rc = throttle_get(c, g->key, &row, e);
    if (rc == 1 && row.blocked_until > now)
        return err_set(e, ERR_THROTTLED, "尝试次数过多，请%lld分钟后再试",
                       (long long)((row.blocked_until - now + 59999) / 60000));
    return rc < 0 ? rc : 0;
}

static int gate_count(struct db_conn *c, const struct gate *g, int64_t now, struct err *e)
{
    struct throttle_row row;
    int rc = throttle_get(c, g->key, &row, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || now - row.since > WINDOW_MS)
        row = (struct throttle_row){ 0, now, 0 };
    row.failures++;
    if (row.failures >= g->max)
        row = (struct throttle_row){ 0, now, now + WINDOW_MS };
    return throttle_put(c, g->key, &row, e);
}

/* ---- one-time codes ---- */

struct code_ctx {
    struct app *app;
    struct arena *arena;
    struct sv phone, code, name;
    struct gate by_phone, by_address;
    int64_t now;
    struct user_row user;
    struct sm3_hash token;
    bool wrong;
};

static int send_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct code_ctx *x = ctx;
    struct code_row row;
    int rc = gate_check(c, &x->by_address, x->now, e);
    if (rc == 0)
        rc = code_get(c, x->phone, &row, e);
    if (rc < 0)
        return rc;
    if (rc == 1 && x->now - row.sent_at < CODE_AGAIN_SECONDS * 1000)
        return err_set(e, ERR_THROTTLED, "验证码刚刚发出，请%d秒后再试", CODE_AGAIN_SECONDS);
    row = (struct code_row){ .sent_at = x->now, .expires_at = x->now + CODE_SECONDS * 1000 };
    code_hash(x->app, x->phone, x->code, &row.hash);
    rc = code_put(c, x->phone, &row, e);
    if (rc == 0)
        rc = gate_count(c, &x->by_address, x->now, e);
    struct notify_to to = { .phone = x->phone };
    struct sv minutes = arena_printf_sv(x->arena, "%d", CODE_SECONDS / 60);
    return rc < 0 ? rc : notify_send(x->app, c, &to, "sign_in_code",
                                     NOTIFY_VARS({ "code", x->code }, { "minutes", minutes }),
                                     SV(""), x->now, e);
}

int account_send_code(struct app *app, struct sv phone, struct sv address, int64_t now,
                      char code[7], struct err *e)
{
    struct code_ctx x = { .app = app, .arena = arena_new(), .phone = phone, .now = now };
    int rc = 0;
    if (!ids_mobile_ok(phone)) {
        err_problem(e, SV("/phone"), "bad_phone", "请填写11位手机号");
        rc = ERR_INVALID;
    }
    random_digits6(code);
    x.code = sv_of(code);
    x.by_address = (struct gate){ arena_printf_sv(x.arena, "codes:%.*s", (int)address.n,
                                                  address.p), CODES_PER_ADDRESS };
    if (rc == 0)
        rc = db_write(app->db, send_tx, &x, e);
    arena_free(x.arena);
    return rc;
}

/* The account of a phone, made when new. */
static int find_or_make(struct db_conn *c, struct code_ctx *x, struct err *e)
{
    int rc = user_find_phone(c, x->phone, x->arena, &x->user, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (x->name.n == 0) {
        err_problem(e, SV("/name"), "required", "首次登录请填写您的姓名");
        return ERR_INVALID;
    }
    x->user = (struct user_row){ .id = id_next(), .role = SV("applicant"), .phone = x->phone,
                                 .name = x->name, .created_at = x->now };
    return user_insert(c, &x->user, e);
}

static int start_session(struct db_conn *c, const struct code_ctx *x, struct err *e)
{
    return session_insert(c, &x->token, x->user.id, x->now,
                          x->now + SESSION_HOURS * INT64_C(3600000), e);
}

/* A wrong code is counted, which must be kept: so it is no error of the transaction. */
static int enter_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct code_ctx *x = ctx;
    struct code_row row;
    struct sm3_hash given;
    int rc = gate_check(c, &x->by_address, x->now, e);
    if (rc == 0)
        rc = code_get(c, x->phone, &row, e);
    if (rc < 0)
        return rc;
    code_hash(x->app, x->phone, x->code, &given);
    x->wrong = rc == 0 || row.expires_at <= x->now || row.tries >= CODE_TRIES ||
               !crypto_equal(sv_make((char *)given.b, SM3_SIZE),
                             sv_make((char *)row.hash.b, SM3_SIZE));
    if (x->wrong) {
        if (rc == 1) {
            row.tries++;
            rc = code_put(c, x->phone, &row, e);
        }
        return rc < 0 ? rc : gate_count(c, &x->by_address, x->now, e);
    }
    rc = find_or_make(c, x, e);
    if (rc == 0)
        rc = code_delete(c, x->phone, e);
    return rc < 0 ? rc : start_session(c, x, e);
}

static void new_token(struct session *out, struct sm3_hash *hash)
{
    random_token(TOKEN_BYTES, out->token);
    token_hash(sv_of(out->token), hash);
}

int account_enter_applicant(struct app *app, struct sv phone, struct sv code, struct sv name,
                            struct sv address, int64_t now, struct arena *a,
                            struct session *out, struct err *e)
{
    struct code_ctx x = { .app = app, .arena = a, .phone = phone, .code = code, .name = name,
                          .now = now };
    x.by_address = (struct gate){ arena_printf_sv(a, "enter:%.*s", (int)address.n, address.p),
                                  ADDRESS_FAILURES };
    new_token(out, &x.token);
    int rc = db_write(app->db, enter_tx, &x, e);
    if (rc == 0 && x.wrong) {
        err_problem(e, SV("/code"), "wrong_code", "验证码不正确或已过期，请重新获取");
        rc = ERR_INVALID;
    }
    if (rc == 0 && x.user.disabled)
        rc = err_set(e, ERR_FORBIDDEN, "该账号已停用");
    actor_of(&x.user, &out->actor);
    return rc;
}

/* ---- officers ---- */

static int before_password(struct db_conn *c, void *ctx, struct err *e)
{
    struct code_ctx *x = ctx;
    int rc = gate_check(c, &x->by_phone, x->now, e);
    if (rc == 0)
        rc = gate_check(c, &x->by_address, x->now, e);
    if (rc == 0)
        rc = user_find_login(c, x->name, x->arena, &x->user, e);
    return rc;
}

static int after_password(struct db_conn *c, void *ctx, struct err *e)
{
    struct code_ctx *x = ctx;
    int rc;
    if (x->wrong) {
        rc = gate_count(c, &x->by_phone, x->now, e);
        return rc < 0 ? rc : gate_count(c, &x->by_address, x->now, e);
    }
    rc = throttle_clear(c, x->by_phone.key, e);
    return rc < 0 ? rc : start_session(c, x, e);
}

/* A few at a time: whoever knocks with many requests at once must not take all memory. */
static bool check_password(struct app *app, struct sv password, const char *phc)
{
    while (sem_wait(&app->hashing) != 0)
        continue;
    bool right = password_check(password, phc);
    sem_post(&app->hashing);
    return right;
}

int account_enter_officer(struct app *app, struct sv login, struct sv password, struct sv address,
                          int64_t now, struct arena *a, struct session *out, struct err *e)
{
    /* Of nobody: an unknown login costs the same time as a wrong password. */
    static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    struct code_ctx x = { .app = app, .arena = a, .name = login, .now = now };
    x.by_phone = (struct gate){ arena_printf_sv(a, "login:%.*s", (int)login.n, login.p),
                                MAX_FAILURES };
    x.by_address = (struct gate){ arena_printf_sv(a, "enter:%.*s", (int)address.n, address.p),
                                  ADDRESS_FAILURES };
    int rc = db_read(app->db, before_password, &x, e);
    if (rc < 0)
        return rc;
    bool known = rc == 1 && !x.user.disabled && x.user.password.n;
    bool right = check_password(app, password, known ? x.user.password.p : nobody);
    x.wrong = !known || !right;
    new_token(out, &x.token);
    rc = db_write(app->db, after_password, &x, e);
    if (rc == 0 && x.wrong)
        rc = err_set(e, ERR_UNAUTHENTICATED, "用户名或密码不正确");
    actor_of(&x.user, &out->actor);
    return rc < 0 ? rc : 0;
}

/* ---- sessions ---- */

static int find_session(struct db_conn *c, void *ctx, struct err *e)
{
    struct code_ctx *x = ctx;
    return session_user(c, &x->token, x->now, x->arena, &x->user, e);
}

int account_find(struct app *app, struct sv token, int64_t now, struct arena *a,
                 struct actor *out, struct err *e)
{
    struct code_ctx x = { .app = app, .arena = a, .now = now };
    if (token.n != TOKEN_TEXT - 1)
        return 0;
    token_hash(token, &x.token);
    int rc = db_peek(app->db, find_session, &x, e);
    if (rc == 1)
        actor_of(&x.user, out);
    return rc;
}

static int leave_tx(struct db_conn *c, void *ctx, struct err *e)
{
    return session_delete(c, ctx, e);
}

int account_leave(struct app *app, struct sv token, struct err *e)
{
    struct sm3_hash h;
    token_hash(token, &h);
    int rc = db_write(app->db, leave_tx, &h, e);
    return rc < 0 ? rc : 0;
}

static int open_tx(struct db_conn *c, void *ctx, struct err *e)
{
    return start_session(c, ctx, e);
}

int account_open_session(struct app *app, int64_t user_id, int64_t now,
                         char token[TOKEN_TEXT], struct err *e)
{
    struct code_ctx x = { .now = now, .user = { .id = user_id } };
    struct session s;
    new_token(&s, &x.token);
    memcpy(token, s.token, TOKEN_TEXT);
    return db_write(app->db, open_tx, &x, e);
}

static int purge_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const int64_t *now = ctx;
    int rc = session_purge(c, *now, e);
    if (rc >= 0)
        rc = idem_purge(c, *now - IDEM_KEEP_MS, e);
    /* Anybody can make these rows without signing in: they must not pile up. */
    if (rc >= 0)
        rc = throttle_purge(c, *now - WINDOW_MS, e);
    if (rc >= 0)
        rc = code_purge(c, *now - WINDOW_MS, e);
    if (rc >= 0)
        rc = upload_purge(c, *now - UPLOAD_KEEP_MS, e);
    /* The text of a one-time code is of no use once it has gone out. */
    return rc < 0 ? rc : message_purge_unlisted(c, *now - CODE_TEXT_KEEP_MS, e);
}

int account_purge(struct app *app, int64_t now, struct err *e)
{
    int rc = db_write(app->db, purge_tx, &now, e);
    return rc < 0 ? rc : 0;
}

/* ---- making officers ---- */

static void check_officer(const struct app *app, const struct new_officer *in, struct err *e)
{
    enum role role = role_of(in->role);
    const struct department *d = catalog_department(app->catalog, in->department);
    if (in->login.n < 2 || in->login.n > 40)
        err_problem(e, SV("/login"), "bad_login", "登录名应为2到40个字符");
    if (in->name.n == 0)
        err_problem(e, SV("/name"), "required", "请填写姓名");
    if (in->password.n < 10 || in->password.n > 200)
        err_problem(e, SV("/password"), "weak_password", "密码应为10到200个字符");
    if (role == ROLE_NONE || role == ROLE_APPLICANT)
        err_problem(e, SV("/role"), "unknown_role", "角色应为 clerk、reviewer、bureau、government 或 admin");
    if (role == ROLE_REVIEWER && !d)
        err_problem(e, SV("/department"), "unknown_department", "目录中没有这个部门");
    if ((role == ROLE_CLERK || role == ROLE_BUREAU || role == ROLE_GOVERNMENT) &&
        !catalog_region(app->catalog, in->region))
        err_problem(e, SV("/region"), "unknown_region", "没有这个行政区划");
    if (in->head && role != ROLE_REVIEWER)
        err_problem(e, SV("/head"), "not_allowed", "只有审批部门的人员可以是部门负责人");
    if (in->email.n && !email_ok(in->email))
        err_problem(e, SV("/email"), "bad_email", "邮箱写法不对");
    if (role == ROLE_CLERK && in->hall.n == 0)
        err_problem(e, SV("/hall"), "required", "窗口人员要写明所在大厅");
}

static int add_tx(struct db_conn *c, void *ctx, struct err *e)
{
    return user_insert(c, ctx, e);
}

int account_add_officer(struct app *app, const struct new_officer *in, int64_t now,
                        struct err *e)
{
    char phc[128];
    check_officer(app, in, e);
    if (e->code != 0)
        return e->code;
    const struct department *d = catalog_department(app->catalog, in->department);
    int rc = password_hash(in->password, phc, e);
    struct user_row u = { .id = id_next(), .role = in->role, .login = in->login,
                          .name = in->name, .password = sv_of(phc),
                          .department = in->department, .hall = in->hall, .created_at = now,
                          .head = in->head,
                          .email = in->email,
                          .region = d && in->region.n == 0 ? d->region : in->region };
    if (rc == 0)
        rc = db_write(app->db, add_tx, &u, e);
    if (rc == ERR_CONFLICT)
        return err_set(e, rc, "登录名 %.*s 已存在", (int)in->login.n, in->login.p);
    return rc;
}

struct list_ctx { struct arena *arena; struct user_row *list; size_t n; };

static int list_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct list_ctx *l = ctx;
    return user_list_officers(c, l->arena, &l->list, &l->n, e);
}

int account_list_officers(struct app *app, struct arena *a, struct user_row **out, size_t *n,
                          struct err *e)
{
    struct list_ctx l = { .arena = a };
    int rc = db_peek(app->db, list_tx, &l, e);
    *out = l.list;
    *n = l.n;
    return rc;
}
