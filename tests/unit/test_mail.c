/* mail and the pauses between tries. */
#include "job/mail.h"
#include "job/outbox.h"
#include "test.h"

static struct sv write_mail(struct buf *b, const char *name, const char *subject, const char *text)
{
    struct mail m = { .id = 42, .at = INT64_C(1795496523000), /* 2026-11-24T13:02:03+08 */
                      .from = SV("n@example.org"), .from_name = sv_of(name),
                      .to = SV("z@example.net"), .subject = sv_of(subject), .text = sv_of(text) };
    buf_init(b, 1 << 20);
    mail_write(b, &m);
    assert_true(buf_ok(b));
    return buf_sv(b);
}

static void test_whole(void **state)
{
    (void)state;
    struct buf b;
    assert_sv(write_mail(&b, "示例", "受理", "一\n"),
              "Date: Tue, 24 Nov 2026 13:02:03 +0800\r\n"
              "From: =?UTF-8?B?56S65L6L?= <n@example.org>\r\n"
              "To: <z@example.net>\r\n"
              "Subject: =?UTF-8?B?5Y+X55CG?=\r\n"
              "Message-ID: <dispatch-42@example.org>\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: base64\r\n\r\n"
              "5LiACg==\r\n");
    buf_done(&b);
}

/* Whatever the texts are: lines short enough, no header of their own, only ASCII. */
static void test_long_and_hostile(void **state)
{
    (void)state;
    struct buf b;
    char text[1200] = "";
    for (int i = 0; i < 300; i++)
        memcpy(text + 3 * i, "审", 3);
    struct sv out = write_mail(&b, "甲\r\nBcc: x@y", text, text);
    size_t line = 0, subjects = 0;
    for (size_t i = 0; i < out.n; i++) {
        line = out.p[i] == '\n' ? 0 : line + 1;
        assert_true(line <= 77);
        assert_true((unsigned char)out.p[i] < 127);
    }
    assert_null(strstr(b.p, "Bcc"));
    for (const char *p = strstr(b.p, "=?UTF-8?B?"); p; p = strstr(p + 1, "=?UTF-8?B?"))
        subjects++;
    assert_int_equal(subjects, 1 + 24); /* 900 bytes in words of 39 */
    buf_done(&b);
    out = write_mail(&b, "", "", "");
    assert_non_null(strstr(b.p, "\r\nFrom: <n@example.org>\r\n"));
    buf_done(&b);
}

static void test_pauses(void **state)
{
    (void)state;
    static const int64_t seconds[] = { 30, 120, 600, 3600, 21600, 0, 0 };
    for (size_t i = 0; i < COUNT_OF(seconds); i++)
        assert_int_equal(outbox_pause((int64_t)i + 1), seconds[i] * 1000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole), cmocka_unit_test(test_long_and_hostile),
        cmocka_unit_test(test_pauses),
    };
    return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
