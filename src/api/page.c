/* page: see page.h. */
#include "api/page.h"

/* Large and with a contrast of 7 for everybody: the page has no switch for large type. */
static const char STYLE[] =
    "body{margin:0;background:#f4f6f8;color:#1a2026;font:18px/1.6 system-ui,\"PingFang SC\","
    "\"Microsoft YaHei\",\"Noto Sans CJK SC\",sans-serif}main{max-width:640px;margin:0 auto;"
    "padding:16px}.card{background:#fff;border-radius:8px;padding:16px;margin:0 0 16px;"
    "box-shadow:0 1px 3px rgba(0,0,0,.12)}.big{font-size:32px;font-weight:700;margin:0;"
    "line-height:1.3}.ok{border-top:8px solid #1b7f3b}.ok .big{color:#0d4a20}.warn{border-top:"
    "8px solid #b25e00}.warn .big{color:#6b3900}.bad{border-top:8px solid #b3261e}.bad .big{"
    "color:#8a1410}dl{margin:0;display:grid;grid-template-columns:7em 1fr;gap:8px}dt{color:#3d4751"
    "}dd{margin:0;overflow-wrap:anywhere}h1{font-size:22px;margin:8px 0 16px}h2{font-size:20px;"
    "margin:0 0 8px}li{margin:0 0 12px;padding:0 0 12px;border-bottom:1px solid #e1e6eb}li:last-"
    "child{border:0;margin:0;padding:0}ul{list-style:none;margin:0;padding:0}small{color:#3d4751}"
    "a{color:#0f3f85}.sample{display:inline-block;background:#fff3d6;color:#5c3800;padding:0 8px;"
    "border-radius:4px}@media(max-width:420px){dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 8px"
    "}}@media print{body{background:#fff}.card{box-shadow:none}}";

void page_head(struct buf *b, const char *title, const char *heading)
{
    buf_fmt(b, "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
               "<meta name=\"robots\" content=\"noindex\"><title>%s</title><style>%s</style>"
               "</head><body><main><h1>%s</h1>", title, STYLE, heading);
}

void page_row(struct buf *b, const char *label, struct sv value)
{
    if (value.n == 0)
        return;
    buf_fmt(b, "<dt>%s</dt><dd>", label);
    buf_html(b, value);
    buf_str(b, "</dd>");
}

struct sv page_date(struct arena *a, int32_t d, const char *none)
{
    char text[32];
    return d == DATE_NONE ? sv_of(none) : arena_sv(a, sv_of(date_chinese(d, text)));
}

void page_answer(struct response *rs, struct sv body)
{
    rs->type = SV("text/html; charset=utf-8");
    rs->body = body;
    response_header(rs, "Cache-Control", SV("no-store"));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
    response_header(rs, "Referrer-Policy", SV("no-referrer"));
    response_header(rs, "Content-Security-Policy",
                    SV("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                       "frame-ancestors 'none'"));
}

struct sv page_time(struct arena *a, int64_t ms)
{
    char date[32], at[32];
    enum { CLOCK_AT = 11 }; /* behind the T of RFC 3339 */
    time_format(ms, at);
    return arena_printf_sv(a, "%s %.8s", date_chinese(date_of_ms(ms), date), at + CLOCK_AT);
}
