/* archive_record: metadata, log, proofs, and the two files that people read first. See archive_parts.h. */
#include "service/archive_parts.h"

static void put_ref(json_t *o, const char *key, int64_t id)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)id);
    json_put_sv(o, key, sv_of(text));
}

static void put_at(json_t *o, const char *key, int64_t ms)
{
    char text[32];
    if (ms)
        json_put_sv(o, key, sv_of(time_format(ms, text)));
}

static void put_day(json_t *o, const char *key, int32_t day)
{
    char text[11];
    if (day != DATE_NONE)
        json_put_sv(o, key, sv_of(date_format(day, text)));
}

static void put_hex(json_t *o, const char *key, const void *bytes, size_t n)
{
    struct buf b;
    buf_init(&b, 1024);
    buf_hex(&b, bytes, n);
    json_put_sv(o, key, buf_sv(&b));
    buf_done(&b);
}

/* ---- metadata ---- */

static json_t *item_json(const struct archive_case *x, const struct item_row *i)
{
    const struct permit_type *p = catalog_permit(x->b.catalog, i->permit);
    const struct department *d = catalog_department(x->b.catalog, i->department);
    json_t *o = json_object();
    put_ref(o, "id", i->id);
    json_put_sv(o, "permit", i->permit);
    json_put_sv(o, "permit_name", p ? p->name : i->permit);
    json_put_sv(o, "department", i->department);
    json_put_sv(o, "department_name", d ? d->name : i->department);
    json_put_sv(o, "state", sv_of(item_state_key(i->state)));
    json_put_sv(o, "state_text", sv_of(item_state_text(i->state)));
    json_put_sv(o, "number", i->number);
    json_put_sv(o, "reason", i->reason);
    json_put_sv(o, "basis", i->basis);
    put_day(o, "received_on", i->received_on);
    put_day(o, "accepted_on", i->accepted_on);
    put_day(o, "closed_on", i->closed_on);
    put_day(o, "delivered_on", i->delivered_on);
    put_day(o, "valid_from", i->valid_from);
    put_day(o, "valid_until", i->valid_until);
    json_put_sv(o, "hearing", sv_of(hearing_stage_key(i->hearing)));
    json_put_sv(o, "inspection", sv_of(inspection_stage_key(i->inspection)));
    json_put_i64(o, "days_ours", i->timer.spent[HOLDER_OURS]);
    json_put_i64(o, "days_applicant", i->timer.spent[HOLDER_APPLICANT]);
    json_put_i64(o, "days_special", i->timer.spent[HOLDER_SPECIAL]);
    return o;
}

static json_t *event_json(const struct clock_event_row *v)
{
    json_t *o = json_object();
    put_ref(o, "item", v->item_id);
    put_at(o, "at", v->at);
    put_day(o, "on", v->on);
    json_put_sv(o, "act", v->act);
    json_put_i64(o, "extended", v->extended);
    json_put_sv(o, "reason", v->reason);
    json_put_sv(o, "paper", v->paper);
    return o;
}

static json_t *delivery_json(const struct delivery_row *d)
{
    json_t *o = json_object();
    put_ref(o, "item", d->item_id);
    put_day(o, "delivered_on", d->delivered_on);
    json_put_sv(o, "method", d->method);
    json_put_sv(o, "receiver", d->receiver);
    json_put_sv(o, "tracking", d->tracking);
    json_put_sv(o, "by_name", d->by_name);
    return o;
}

json_t *archive_metadata(const struct archive_case *x)
{
    const struct case_row *r = &x->b.row;
    const struct region *region = catalog_region(x->b.catalog, r->region);
    const struct department *bureau = catalog_bureau(x->b.catalog, r->region);
    json_t *o = json_object(), *items = json_array(), *events = json_array();
    json_t *deliveries = json_array();
    put_ref(o, "id", r->id);
    json_put_sv(o, "number", r->number);
    json_put_sv(o, "kind", sv_of(case_kind_key(r->kind)));
    json_put_sv(o, "kind_text", sv_of(case_kind_text(r->kind)));
    json_put_sv(o, "state", sv_of(case_state_key(r->state)));
    json_put_sv(o, "industry", r->industry);
    json_put_sv(o, "industry_name", x->b.industry->name);
    json_put_sv(o, "region", r->region);
    json_put_sv(o, "region_name", region ? region->name : r->region);
    json_put_sv(o, "bureau", bureau ? bureau->name : SV(""));
    json_put_sv(o, "catalog_version", r->catalog_version);
    json_put_sv(o, "channel", r->channel);
    json_put_sv(o, "applicant", r->applicant_name);
    json_put_sv(o, "phone", r->applicant_phone);
    json_put_sv(o, "authorisation", r->authorisation);
    json_put_sv(o, "holder", r->holder_name);
    json_put_sv(o, "uscc", r->uscc);
    json_put_sv(o, "person", r->person);
    json_put_sv(o, "address", r->address);
    put_at(o, "submitted_at", r->submitted_at);
    put_at(o, "closed_at", r->closed_at);
    put_at(o, "issued_at", r->issued_at);
    json_put_sv(o, "licence", r->licence_number);
    put_day(o, "licence_delivered_on", r->licence_delivered_on);
    for (size_t i = 0; i < x->b.n_items; i++)
        json_push(items, item_json(x, &x->b.items[i]));
    for (size_t i = 0; i < x->b.n_events; i++)
        json_push(events, event_json(&x->b.events[i]));
    for (size_t i = 0; i < x->b.n_deliveries; i++)
        json_push(deliveries, delivery_json(&x->b.deliveries[i]));
    json_put(o, "items", items);
    json_put(o, "clock_events", events);
    json_put(o, "deliveries", deliveries);
    json_put(o, "answers", json_incref(x->b.answers));
    json_put(o, "certificates", json_incref(x->b.certificates));
    return o;
}

/* ---- log, proofs, head ---- */

/* The body stands as the text that the leaf covers. */
static json_t *act_json(const struct timeline_row *t)
{
    const struct ledger_row *r = &t->row;
    enum act act;
    json_t *o = json_object();
    json_put_i64(o, "seq", r->seq);
    json_put_i64(o, "at", r->at);
    json_put_i64(o, "effective_on", r->effective_on);
    put_ref(o, "actor_id", r->actor_id);
    put_ref(o, "case_id", r->case_id);
    put_ref(o, "item_id", r->item_id);
    json_put_sv(o, "actor_kind", r->actor_kind);
    json_put_sv(o, "department", r->department);
    json_put_sv(o, "act", r->act);
    json_put_sv(o, "body", r->body);
    json_put_sv(o, "actor_name", t->actor_name);
    json_put_sv(o, "act_text", act_of(r->act, &act) ? sv_of(act_text(act)) : r->act);
    put_at(o, "at_text", r->at);
    put_day(o, "effective_text", r->effective_on);
    return o;
}

json_t *archive_log(const struct archive_case *x)
{
    json_t *o = json_object(), *acts = json_array();
    for (size_t k = 0; k < x->b.n_timeline; k++)
        json_push(acts, act_json(&x->b.timeline[k]));
    json_put_sv(o, "leaf", SV("SM3(0x00 || canonical bytes), docs/archive.md"));
    json_put(o, "acts", acts);
    return o;
}

int archive_proofs(const struct archive_case *x, const struct tree_head_row *head, json_t **out,
                   struct err *e)
{
    json_t *o = json_object(), *list = json_array();
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < x->b.n_timeline; k++) {
        struct ledger_proof p;
        rc = ledger_prove(x->app, x->b.timeline[k].row.seq, head->size, &p, e);
        if (rc != 0)
            break;
        json_t *one = json_object(), *path = json_array();
        json_put_i64(one, "seq", p.seq);
        put_hex(one, "leaf", p.leaf.b, MERKLE_HASH);
        for (int i = 0; i < p.n_path; i++) {
            struct buf b;
            buf_init(&b, 128);
            buf_hex(&b, p.path[i].b, MERKLE_HASH);
            json_push_sv(path, buf_sv(&b));
            buf_done(&b);
        }
        json_put(one, "path", path);
        json_push(list, one);
    }
    json_put_i64(o, "size", head->size);
    put_hex(o, "root", head->root.b, SM3_SIZE);
    json_put(o, "proofs", list);
    *out = o;
    if (rc != 0)
        json_decref(o);
    return rc;
}

json_t *archive_head(const struct tree_head_row *head)
{
    json_t *o = json_object();
    json_put_i64(o, "size", head->size);
    put_hex(o, "root", head->root.b, SM3_SIZE);
    json_put_i64(o, "signed_at_ms", head->at);
    json_put_sv(o, "key_id", head->key_id);
    put_hex(o, "signature", head->signature, SM2_SIG_SIZE);
    return o;
}

/* ---- for people ---- */

static const char *key_file(const struct archive_case *x)
{
    for (size_t i = 0; i < x->n_parts; i++)
        if (x->parts[i].piece.kind == PIECE_KEY)
            return x->parts[i].path.p;
    return "";
}

void archive_readme(const struct archive_case *x, struct buf *out)
{
    const struct case_row *r = &x->b.row;
    char at[32];
    buf_fmt(out, "行业综合许可办件归档包\r\n\r\n办件编号：%s\r\n申请人：%s\r\n行业：%s\r\n", r->number.p,
            r->holder_name.n ? r->holder_name.p : r->applicant_name.p, x->b.industry->name.p);
    buf_fmt(out, "制作时间：%s\r\n\r\n", time_format(x->now, at));
    buf_str(out,
            "这个压缩包是一个办件的完整档案，打开不需要任何专用系统。\r\n"
            "先看“案卷目录”（Excel 或记事本都能打开），文件按类别放在各个文件夹里：\r\n"
            "  1-申请  申请表、申请材料、承诺书    2-受理  回执、告知、补正、受理\r\n"
            "  3-审查  核查、听证、特别程序、延期  4-决定  决定书\r\n"
            "  5-证照  证照的 PDF 和盖有电子印章的 OFD  6-送达  送达回证\r\n"
            "  7-日志  每一步办理记录，以及它们在城市办理日志里的存在证明\r\n\r\n"
            "怎样核对没有被改动：\r\n"
            "  manifest.json 列出每个文件的大小和 SM3 摘要，manifest.sig 是对 manifest.json 全部字节的 SM2 签名。\r\n"
            "  有 yizheng 程序：yizheng archive verify 归档包.zip --trust 信任名单.json\r\n"
            "  只有 OpenSSL 3：\r\n"
            "    openssl pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:1234567812345678 \\\r\n"
            "      -pubin -inkey 公钥.pem -in manifest.json -sigfile manifest.sig\r\n"
            "    openssl dgst -sm3 文件     （与 manifest.json 里的 sm3 比较）\r\n"
            "  包里的东西不能证明自己：请从别的途径取得公钥来核对。");
    buf_fmt(out, "包内附的公钥和证书在 %s。\r\n\r\n本包含有个人信息，请按档案管理规定保管，调阅应当登记。\r\n",
            key_file(x));
}

/* A cell as RFC 4180 has it. */
static void cell(struct buf *out, struct sv text)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, (unsigned char)text.p[i]);
    }
    buf_byte(out, '"');
}

void archive_contents(const struct archive_case *x, struct buf *out)
{
    buf_str(out, "\xEF\xBB\xBF序号,类别,题名,日期,文件,原文件名,字节数\r\n");
    for (size_t i = 0; i < x->n_parts; i++) {
        const struct archive_part *p = &x->parts[i];
        char day[11] = "";
        if (p->date != DATE_NONE)
            date_format(p->date, day);
        buf_fmt(out, "%zu,", i + 1);
        cell(out, sv_of(archive_piece_text(p->piece.kind)));
        buf_byte(out, ',');
        cell(out, p->title);
        buf_fmt(out, ",%s,", day);
        cell(out, p->path);
        buf_byte(out, ',');
        cell(out, p->original);
        if (p->piece.kind == PIECE_CONTENTS)
            buf_str(out, ",\r\n");
        else
            buf_fmt(out, ",%lld\r\n", (long long)p->size);
    }
}
