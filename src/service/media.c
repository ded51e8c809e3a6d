/* media: what kind of file this is, told from its bytes (R3.3). Files are never unpacked. */
#include "base/utf8.h"
#include "service/draft.h"

static bool contains(struct sv s, struct sv what)
{
    return s.n >= what.n && memmem(s.p, s.n, what.p, what.n) != NULL;
}

const char *media_type_of(struct sv head, struct sv tail)
{
    if (sv_starts(head, SV("%PDF-")))
        return contains(tail, SV("%%EOF")) ? "application/pdf" : NULL;
    if (sv_starts(head, SV("\xff\xd8\xff")))
        return "image/jpeg";
    if (sv_starts(head, SV("\x89PNG\r\n\x1a\n")))
        return "image/png";
    /* OFD (GB/T 33190) is a ZIP whose central directory names OFD.xml at the root. */
    if (sv_starts(head, SV("PK\x03\x04")) && contains(tail, SV("OFD.xml")))
        return "application/ofd";
    return NULL;
}

int media_name_check(struct sv name, struct err *e)
{
    struct sv rest = name;
    bool bad = !utf8_clean(name) || sv_is(name, ".") || sv_is(name, "..");
    while (!bad && rest.n) {
        uint32_t cp = utf8_next(&rest);
        /* Also bidirectional overrides, with which a name lies about its ending. */
        bad = cp == '/' || cp == '\\' || cp == '\n' || cp == '\t' ||
              (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
    }
    if (bad)
        err_problem(e, SV("/name"), "bad_file_name", "文件名不能含有路径或不可见字符");
    else if (name.n == 0 || utf8_count(name) > 120)
        err_problem(e, SV("/name"), "bad_file_name", "文件名应为1到120个字");
    return e->code;
}
