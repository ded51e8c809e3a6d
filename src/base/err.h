/* err: one list of error codes and one way to say what went wrong.
 *
 * Functions that can fail return 0 or a negative ERR_*; the sentence (Chinese, for a
 * person) and, for bad input, ALL problems at once stand in struct err, the last
 * parameter. Library layers never log; api, cli and job do, once.
 */
#ifndef YZ_BASE_ERR_H
#define YZ_BASE_ERR_H

#include "base/arena.h"

/* X(name, stable key, HTTP status, Chinese title). Keys are public: never rename one. */
#define ERR_LIST(X)                                                                    \
    X(INVALID, "invalid_input", 422, "填写的内容有问题，请按提示修改")                   \
    X(MALFORMED, "malformed_request", 400, "请求格式不正确")                            \
    X(UNAUTHENTICATED, "unauthenticated", 401, "请先登录")                              \
    X(FORBIDDEN, "forbidden", 403, "您没有权限进行此操作")                              \
    X(CSRF, "csrf_failed", 403, "页面已过期，请刷新后重试")                             \
    X(NOT_FOUND, "not_found", 404, "没有找到")                                          \
    X(METHOD, "method_not_allowed", 405, "不支持这种请求方法")                          \
    X(TIMEOUT, "timeout", 408, "请求超时")                                              \
    X(CONFLICT, "conflict", 409, "与现有数据冲突")                                      \
    X(REFUSED, "refused_by_rule", 409, "按规定不能这样办理")                            \
    X(INCOMPLETE, "archive_incomplete", 409, "案卷还不齐全，不能归档")                      \
    X(CHANGED, "changed_meanwhile", 412, "内容已被他人更新，请查看最新情况后再操作")     \
    X(TOO_LARGE, "too_large", 413, "内容太大")                                          \
    X(MEDIA_TYPE, "unsupported_media_type", 415, "不支持这种内容类型")                  \
    X(PRECONDITION, "precondition_required", 428, "请先读取最新内容再提交")             \
    X(THROTTLED, "too_many_requests", 429, "操作过于频繁，请稍后再试")                  \
    X(CORRUPT, "corrupt", 500, "数据不一致，操作已停止")                                \
    X(IO, "storage_failed", 503, "存储暂时不可用，您的操作没有生效，请稍后重试")         \
    X(DB, "database_failed", 503, "数据库暂时不可用，您的操作没有生效，请稍后重试")      \
    X(FULL, "storage_full", 507, "存储空间不足，您的操作没有生效，请联系管理员")         \
    X(BUSY, "busy", 503, "系统繁忙，请稍后重试")                                        \
    X(CONFIG, "bad_configuration", 500, "配置有误")                                     \
    X(INTERNAL, "internal", 500, "系统内部错误")

enum {
    ERR_OK_ = 0,
#define ERR_NEG_(name, key, status, title) ERR_N_##name,
    ERR_LIST(ERR_NEG_)
#undef ERR_NEG_
    ERR_COUNT_
};
enum {
#define ERR_DEF_(name, key, status, title) ERR_##name = -ERR_N_##name,
    ERR_LIST(ERR_DEF_)
#undef ERR_DEF_
};

/* One thing wrong in an input. */
struct problem {
    struct sv pointer; /* RFC 6901 pointer into the input, or file path; "" = whole */
    struct sv code;    /* stable, snake_case */
    struct sv message; /* Chinese sentence: what and why */
};

struct err {
    int code;            /* 0 or ERR_* */
    struct arena *arena; /* for detail and problems; set by err_init */
    const char *detail;  /* Chinese sentence, may be NULL */
    const char *rule;    /* rule or article that refuses, e.g. "P8"; may be NULL */
    struct problem *problems;
    size_t n_problems;
    size_t cap_problems;
};

/* Ready for use; a outlives e. */
void err_init(struct err *e, struct arena *a);
void err_clear(struct err *e);

/* Set code and sentence, return code. e may be NULL. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* ERR_REFUSED with the rule (P-number or article) that refuses. */
int err_refuse(struct err *e, const char *rule, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

enum { ERR_MAX_PROBLEMS = 200 };

/* Add one problem; sets ERR_INVALID. Past ERR_MAX_PROBLEMS they are dropped. */
void err_problem(struct err *e, struct sv pointer, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Facts of a code. */
const char *err_key(int code);
int err_status(int code);
const char *err_title(int code);

/* The best sentence for a person: detail, else the title of the code. */
const char *err_text(const struct err *e);

#endif
