/* gateway: DATA/notices.ini: what it may say, and that every mistake is named. */
#include <fcntl.h>
#include <sys/stat.h>

#include "service/gateway.h"
#include "test.h"

static struct arena *arena;
static struct err err;
static char *folder;

static void write_file(const char *name, const char *text)
{
    int fd = open(arena_printf(arena, "%s/%s", folder, name), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    folder = test_folder(arena);
    return mkdir(arena_printf(arena, "%s/keys", folder), 0700);
}

static int teardown(void **state)
{
    (void)state;
    test_folder_remove(folder);
    arena_free(arena);
    return 0;
}

static int parse(const char *text, struct gateways *g)
{
    err_clear(&err);
    return gateways_parse(sv_of(text), sv_of(folder), arena, g, &err);
}

static void refused(const char *text, const char *where, const char *code)
{
    struct gateways g;
    assert_int_equal(parse(text, &g), ERR_CONFIG);
    if (!test_has(&err, where, code))
        fail_msg("%s: no %s at %s", text, code, where);
}

static void test_good(void **state)
{
    (void)state;
    struct gateways g;
    err_clear(&err);
    assert_int_equal(gateways_load(sv_of(folder), arena, &g, &err), 0);
    assert_null(g.sms.url);
    assert_null(g.email.url);
    write_file("keys/sms-token", "s3cret\n");
    write_file("keys/mail-password", "pa55\n");
    write_file("notices.ini", "; 示例\n[sms]\nurl = http://127.0.0.1:9/send?a=b\n"
                              "token_file = sms-token\n"
                              "\n[email]\nurl = smtps://mail.example:465\nfrom = n@example.org\n"
                              "from_name = 示例审批局\nuser = n\npassword_file = mail-password\n");
    assert_int_equal(gateways_load(sv_of(folder), arena, &g, &err), 0);
    assert_string_equal(g.sms.url, "http://127.0.0.1:9/send?a=b");
    assert_string_equal(g.sms.token, "s3cret");
    assert_string_equal(g.email.url, "smtps://mail.example:465");
    assert_string_equal(g.email.from_name, "示例审批局");
    assert_string_equal(g.email.password, "pa55");
    assert_int_equal(parse("", &g), 0);
    assert_int_equal(parse("[sms]\nurl=https://x.example\n", &g), 0);
    assert_null(g.sms.token);
    assert_null(g.email.url);
}

static void test_bad(void **state)
{
    (void)state;
    refused("[sms]\ntoken_file = t\n", "notices.ini [sms] url", "required");
    refused("[sms]\nurl = ftp://x\n", "notices.ini [sms] url", "bad_value");
    refused("[sms]\nurl = http://\n", "notices.ini [sms] url", "bad_value");
    refused("[sms]\nurl = http://a b\n", "notices.ini [sms] url", "bad_value");
    refused("[sms]\nurl = http://a\nurl = http://b\n", "notices.ini [sms] url", "twice");
    refused("[sms]\nurl = http://a\ntoken_file = none\n", "notices.ini [sms] token_file",
            "bad_secret");
    refused("[sms]\nurl = http://a\ntoken_file = ../x\n", "notices.ini [sms] token_file",
            "bad_value");
    refused("[sms]\nurl = http://a\ntoken = abc\n", "notices.ini [sms] token", "unknown_setting");
    refused("[fax]\nurl = http://a\n", "notices.ini [fax] url", "unknown_setting");
    refused("[email]\nurl = smtp://a\n", "notices.ini [email] from", "required");
    refused("[email]\nurl = http://a\nfrom = x@y\n", "notices.ini [email] url", "bad_value");
    refused("[email]\nurl = smtp://a\nfrom = xy\n", "notices.ini [email] from", "bad_value");
    refused("[email]\nurl = smtp://a\nfrom = x@y\nuser = u\n", "notices.ini [email] user",
            "both_or_none");
    refused("[sms]\nurl = http://a\nnonsense\n", "notices.ini：第3行", "bad_line");
    /* All at once. */
    assert_true(err.n_problems == 1);
    refused("[sms]\nurl = x\n[email]\nurl = y\nfrom = z\n", "notices.ini [sms] url", "bad_value");
    assert_int_equal(err.n_problems, 3);
    write_file("keys/empty", "\n");
    refused("[sms]\nurl = http://a\ntoken_file = empty\n", "notices.ini [sms] token_file",
            "bad_secret");
    write_file("keys/two", "a\r\nX-Header: b\n");
    refused("[sms]\nurl = http://a\ntoken_file = two\n", "notices.ini [sms] token_file",
            "bad_secret");
}

static void test_sources(void **state)
{
    (void)state;
    struct gateways g;
    write_file("keys/register-token", "t0ken\n");
    assert_int_equal(parse("[register]\nurl = https://share.example/r/\n"
                           "token_file = register-token\ntimeout = 5\npause = 60\n"
                           "[licences]\nurl = http://127.0.0.1:9\n", &g), 0);
    assert_string_equal(g.enterprises.url, "https://share.example/r");
    assert_string_equal(g.enterprises.token, "t0ken");
    assert_int_equal(g.enterprises.timeout, 5);
    assert_int_equal(g.enterprises.pause, 60);
    assert_string_equal(g.licences.url, "http://127.0.0.1:9");
    assert_null(g.licences.token);
    assert_int_equal(g.licences.timeout, 3);
    assert_int_equal(g.licences.pause, 30);
    assert_int_equal(parse("", &g), 0);
    assert_null(g.enterprises.url);
    refused("[register]\ntimeout = 5\n", "notices.ini [register] url", "required");
    refused("[licences]\nurl = smtp://a\n", "notices.ini [licences] url", "bad_value");
    static const char *const bad[] = { "0", "31", "-1", "1.5", "3s", "" };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        refused(arena_printf(arena, "[register]\nurl = http://a\ntimeout = %s\n", bad[i]),
                "notices.ini [register] timeout", "bad_value");
    refused("[register]\nurl = http://a\npause = 3601\n", "notices.ini [register] pause",
            "bad_value");
    refused("[register]\nurl = http://a\ntoken_file = no\n",
            "notices.ini [register] token_file", "bad_secret");
}

static void test_addresses(void **state)
{
    (void)state;
    static const char *const good[] = { "a@b", "zhang.san+x@mail.example.org" };
    static const char *const bad[] = { "", "a", "@b", "a@", "a@@b", "a b@c", "a@b\r\nBcc:x@y",
                                       "<a@b>", "a@b,c@d", "\"a\"@b", "张@b", "a@.b", "a@b." };
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(email_ok(sv_of(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(email_ok(sv_of(bad[i])));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    static const struct CMUnitTest tests[] = { T(test_good), T(test_bad), T(test_sources),
                                               T(test_addresses) };
    return cmocka_run_group_tests_name("gateway", tests, NULL, NULL);
}
