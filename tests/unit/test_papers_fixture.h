/* test_papers_fixture: cases built by hand with the shipped catalogue, at several moments: what
 * test_papers.c makes papers of. */
#ifndef YZ_TEST_PAPERS_FIXTURE_H
#define YZ_TEST_PAPERS_FIXTURE_H

#include "service/papers.h"
#include "test.h"

enum { CAP = 32 * 1024 * 1024 };

/* fontconfig keeps its configuration until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

static struct arena *arena;
static struct err err;
static struct app *app;
static char *folder;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    folder = test_folder(arena);
    struct app_options o = { .data_dir = folder, .public_url = "https://zwfw.example",
                             .readers = 1 };
    assert_int_equal(app_init(&o, false, &err), 0);
    app = app_open(&o, &err);
    assert_non_null(app);
    memset(app->mac_key.b, 7, SM3_SIZE); /* the same codes on every run */
    app->demo = true;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    app_close(app);
    test_folder_remove(folder);
    arena_free(arena);
    return 0;
}

static int32_t day(const char *text)
{
    int32_t d;
    assert_true(date_parse(sv_of(text), &d));
    return d;
}

/* An hour of a day in Shanghai. */
static int64_t at(const char *date, int hour)
{
    return date_start_ms(day(date)) + hour * INT64_C(3600000);
}

/* ---- a case by hand ---- */

enum { FOOD = 11, HEALTH = 12, POLICE = 13 };

static struct bundle base(const char *industry, const char *answers)
{
    struct bundle b = { .catalog = app->catalog };
    b.industry = catalog_industry(app->catalog, sv_of(industry));
    assert_non_null(b.industry);
    b.row = (struct case_row){
        .id = 7000000001, .number = SV("15030220261123000001X"), .industry = sv_of(industry),
        .region = SV("150302"), .applicant_name = SV("示例申请人"),
        .holder_name = SV("示例新名称旅馆"), .submitted_at = at("2026-11-23", 10),
        .licence_number = SV("WHZH150302072026000001"), .joint_due_on = DATE_NONE,
    };
    b.answers = json_parse(sv_of(answers), &err);
    assert_non_null(b.answers);
    return b;
}

static struct item_row item(int64_t id, const char *permit, const char *department,
                            enum item_state state)
{
    struct item_row i = item_blank();
    i.id = id;
    i.permit = sv_of(permit);
    i.department = sv_of(department);
    i.region = SV("150302");
    i.state = state;
    i.received_on = day("2026-11-23");
    return i;
}

static struct entry_row entry(int64_t item_id, const char *code, const char *label,
                              const char *what, const char *why)
{
    return (struct entry_row){ .item_id = item_id, .kind = code ? SV("field") : SV("other"),
                               .code = sv_of(code), .label = sv_of(label), .what = sv_of(what),
                               .why = sv_of(why) };
}

static struct entry_row ENTRIES[4], SECOND[1];
static struct round_rows ROUNDS[2];

static void add_rounds(struct bundle *b)
{
    ENTRIES[0] = entry(FOOD, "F_ADDR", "经营场所地址", "地址写到门牌号", "与营业执照不一致");
    ENTRIES[1] = entry(HEALTH, "F_ADDR", "经营场所地址", "地址写到门牌号", "与平面图不一致");
    ENTRIES[2] = entry(HEALTH, NULL, "其他", "说明用水来源", "无法核对");
    ENTRIES[3] = entry(POLICE, "F_AREA", "面积", "面积应与产权证明一致", "不一致");
    SECOND[0] = entry(FOOD, "F_ADDR", "经营场所地址", "上次的问题仍未解决", "仍不一致");
    ROUNDS[0] = (struct round_rows){ { .round = 1, .state = SV("answered"),
                                       .issued_at = at("2026-11-25", 17),
                                       .due_on = day("2026-12-20") }, ENTRIES, 4 };
    ROUNDS[1] = (struct round_rows){ { .round = 2, .state = SV("draft"), .due_on = DATE_NONE },
                                     SECOND, 1 };
    b->rounds = ROUNDS;
    b->n_rounds = 1;
}

static struct item_row ITEMS[3];
static struct form_version_row VERSIONS[2];
static struct clock_event_row EVENTS[8];
static struct timeline_row TIMELINE[8];
static struct special_row SPECIALS[2];
static struct extension_row EXTENSIONS[2];
static struct hearing_row HEARINGS[1];
static struct visit_row VISITS[1];
static struct part_row PARTS[2];
static struct photo_row PHOTOS[2];
static struct commitment_row COMMITMENTS[1];
static struct ban_row BANS[1];
static struct delivery_row DELIVERIES[3];

static struct clock_event_row event(int64_t item_id, const char *act, const char *paper,
                                    int64_t when)
{
    return (struct clock_event_row){ .item_id = item_id, .act = sv_of(act),
                                     .paper = sv_of(paper), .at = when, .on = date_of_ms(when) };
}

/* What the log keeps of an announcement: on which day, and who comes. */
#define VISIT_TOLD_ON(date, time)                                                            \
    "{\"visit\":51,\"held_on\":" date ",\"time\":\"" time "\",\"place\":\"（示例）乌海市示例街8号\"," \
    "\"note\":\"请打开后厨\",\"visitors\":[{\"item\":11,\"officers\":\"示例张三、示例李四\"},"            \
    "{\"item\":12,\"officers\":\"示例张三、示例李四\"}]}"
#define VISIT_TOLD VISIT_TOLD_ON("20261209", "上午9:30")

static struct timeline_row logged(int64_t item_id, const char *act, int64_t when,
                                  const char *body)
{
    return (struct timeline_row){ .row = { .at = when, .act = sv_of(act), .item_id = item_id,
                                           .body = sv_of(body) } };
}

static void add_events(struct bundle *b)
{
    EVENTS[0] = event(FOOD, "accept", "acceptance-11", at("2026-11-27", 9));
    EVENTS[1] = event(FOOD, "open_special", "special-31", at("2026-11-27", 11));
    EVENTS[2] = event(FOOD, "extend", "extension-41", at("2026-12-02", 9));
    EVENTS[3] = event(0, "extend_joint", "extension-42", at("2026-12-02", 10));
    EVENTS[4] = event(POLICE, "refuse", "decision-13", at("2026-11-24", 9));
    EVENTS[5] = event(HEALTH, "accept", "acceptance-12", at("2026-11-27", 9));
    TIMELINE[0] = logged(0, "send_correction", at("2026-11-25", 17),
                         "{\"round\":1,\"due_on\":20270107}");
    TIMELINE[1] = logged(FOOD, "tell_hearing", at("2026-12-03", 9), "{}");
    TIMELINE[2] = logged(0, "announce_visit", at("2026-12-04", 9), VISIT_TOLD);
    b->events = EVENTS;
    b->n_events = 6;
    b->timeline = TIMELINE;
    b->n_timeline = 3;
}

static void add_process(struct bundle *b)
{
    SPECIALS[0] = (struct special_row){
        .id = 31, .item_id = FOOD, .kind = SV("testing"), .title = SV("检测"),
        .reason = SV("现场用水需要检测"), .days = 3, .opened_on = day("2026-11-27"),
        .due_on = day("2026-12-02"), .closed_on = DATE_NONE };
    EXTENSIONS[0] = (struct extension_row){
        .id = 41, .item_id = FOOD, .days = 5, .reason = SV("情况复杂"),
        .approved_by = SV("示例负责人"), .approved_on = day("2026-12-02"),
        .due_on = day("2026-12-18") };
    EXTENSIONS[1] = (struct extension_row){
        .id = 42, .days = 15, .reason = SV("联合办理事项较多"), .approved_by = SV("示例区长"),
        .approved_on = day("2026-12-02"), .due_on = day("2027-02-22") };
    HEARINGS[0] = (struct hearing_row){
        .item_id = FOOD, .reason = SV("涉及相邻商户重大利益"), .told_on = day("2026-12-03"),
        .parties = SV("[{\"name\":\"示例相邻商户\",\"contact\":\"13900000001\","
                      "\"interest\":\"共用通道\"}]"),
        .ask_until = day("2026-12-10"), .asked_on = DATE_NONE, .hold_by = DATE_NONE,
        .noticed_on = DATE_NONE, .held_on = DATE_NONE, .ended_on = DATE_NONE };
    b->specials = SPECIALS;
    b->n_specials = 1;
    b->extensions = EXTENSIONS;
    b->n_extensions = 2;
    b->hearings = HEARINGS;
    b->n_hearings = 1;
}

static struct part_row part(int64_t id, int64_t item_id, const char *department)
{
    return (struct part_row){ .id = id, .visit_id = 51, .item_id = item_id,
                              .department = sv_of(department), .officer_a = 1, .officer_b = 2,
                              .officer_a_name = SV("示例张三"), .officer_b_name = SV("示例李四"),
                              .rectify_by = DATE_NONE, .checks = SV("{}") };
}

static void add_visit(struct bundle *b)
{
    VISITS[0] = (struct visit_row){
        .id = 51, .round = 1, .state = VISIT_ANNOUNCED, .held_on = day("2026-12-09"),
        .held_time = SV("上午9:30"), .place = SV("（示例）乌海市示例街8号"),
        .note = SV("请打开后厨"), .announced_at = at("2026-12-04", 9) };
    PARTS[0] = part(61, FOOD, "D-HBW-SCJG");
    PARTS[1] = part(62, HEALTH, "D-HBW-WJW");
    COMMITMENTS[0] = (struct commitment_row){
        .id = 71, .material = SV("M-SPLC"), .state = SV("promised"),
        .due_on = day("2026-12-14"), .confirmed_on = DATE_NONE,
        .signed_at = at("2026-11-23", 10), .signed_by = SV("示例旧名称旅馆"),
        .digest = SV("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef") };
    b->visits = VISITS;
    b->n_visits = 1;
    b->parts = PARTS;
    b->n_parts = 2;
    b->commitment_rows = COMMITMENTS;
    b->n_commitments = 1;
}

/* Food and health accepted, in the middle of everything; police refused. */
static struct bundle middle(void)
{
    struct bundle b = base("I07", "{\"I07-Q1\":[\"A\"],\"I07-Q2\":[\"B\"],\"I07-Q3\":[\"A\"],"
                                  "\"I07-Q4\":[\"A\"],\"I07-Q5\":[\"A\"],\"I07-Q6\":[\"D\"]}");
    ITEMS[0] = item(FOOD, "P-SPJYXK", "D-HBW-SCJG", ITEM_ACCEPTED);
    ITEMS[1] = item(HEALTH, "P-GGWS", "D-HBW-WJW", ITEM_ACCEPTED);
    ITEMS[2] = item(POLICE, "P-LGTZ", "D-HBW-GA", ITEM_REFUSED);
    ITEMS[0].accepted_on = ITEMS[1].accepted_on = day("2026-11-27");
    ITEMS[2].closed_on = day("2026-11-24");
    ITEMS[2].reason = SV("不属于本机关职权范围");
    ITEMS[2].right_organ = SV("示例机关");
    VERSIONS[0] = (struct form_version_row){ .round = 1, .replaced_at = at("2026-11-26", 9),
                                             .body = SV("{\"F_ENT_NAME\":\"示例旧名称旅馆\"}") };
    b.items = ITEMS;
    b.n_items = 3;
    b.versions = VERSIONS;
    b.n_versions = 1;
    add_rounds(&b);
    add_events(&b);
    add_process(&b);
    add_visit(&b);
    return b;
}

/* The inspection is written down and confirmed. */
static void inspect(struct bundle *b)
{
    PARTS[0].checks = SV("{\"P-SPJYXK.1\":{\"result\":\"pass\",\"note\":\"\"},"
                         "\"P-SPJYXK.2\":{\"result\":\"fail\",\"note\":\"更衣柜尚未安装\"},"
                         "\"P-SPJYXK.3\":{\"result\":\"na\",\"note\":\"\"}}");
    PARTS[0].result = RESULT_RECTIFY;
    PARTS[0].findings = SV("更衣柜尚未安装");
    PARTS[0].rectify_by = day("2026-12-15");
    PARTS[0].recorded_by = 1;
    PARTS[0].recorded_at = at("2026-12-09", 10);
    PARTS[0].confirmed_by = 2;
    PARTS[0].confirmed_at = at("2026-12-09", 11);
    PHOTOS[0] = (struct photo_row){ .visit_id = 51, .item_id = FOOD,
                                    .created_at = at("2026-12-09", 10) };
    PHOTOS[1] = (struct photo_row){ .visit_id = 51, .item_id = FOOD,
                                    .created_at = at("2026-12-09", 12) };
    b->photos = PHOTOS;
    b->n_photos = 1;
}

static void decide(struct bundle *b)
{
    ITEMS[0].state = ITEM_GRANTED;
    ITEMS[0].closed_on = ITEMS[1].closed_on = day("2026-12-16");
    ITEMS[0].number = SV("JY21503020000306");
    ITEMS[0].valid_from = day("2026-12-16");
    ITEMS[0].valid_until = day("2031-12-15");
    ITEMS[1].state = ITEM_DENIED;
    ITEMS[1].reason = SV("提供虚假检测报告");
    ITEMS[1].basis = SV("《公共场所卫生管理条例》");
    ITEMS[1].false_material = true;
    BANS[0] = (struct ban_row){ .item_id = HEALTH, .article = SV("行政许可法第七十八条"),
                                .from = day("2026-12-16"), .until = day("2027-12-16") };
    b->bans = BANS;
    b->n_bans = 1;
}

static void deliver(struct bundle *b)
{
    const int64_t of[] = { FOOD, HEALTH, 0 };
    for (int k = 0; k < 3; k++)
        DELIVERIES[k] = (struct delivery_row){
            .id = 81 + k, .item_id = of[k], .at = at("2026-12-18", 10),
            .delivered_on = day("2026-12-18"), .method = k == 1 ? SV("post") : SV("pickup"),
            .receiver = SV("示例签收人"), .relation = SV("本人"),
            .tracking = k == 1 ? SV("EMS123456") : SV(""), .by_name = SV("示例窗口人员") };
    b->deliveries = DELIVERIES;
    b->n_deliveries = 3;
}

/* What the department did with the permit afterwards: amended it, took it away. */
static void use_permit(struct bundle *b)
{
    static struct permit_row permit;
    static struct permit_event_row events[3];
    permit = (struct permit_row){ .id = 91, .item_id = FOOD, .department = SV("D-HBW-SCJG") };
    events[0] = (struct permit_event_row){
        .id = 92, .permit_id = 91, .act = ACT_GRANT, .effective_on = day("2026-12-16"), .at = at("2026-12-16", 10),
        .actor_id = 1, .number = SV("JY21503020000306"), .valid_from = day("2026-12-16"),
        .valid_until = day("2031-12-15"), .holder = SV("示例又改名旅馆"), .case_id = b->row.id, .item_id = FOOD };
    events[1] = events[2] = events[0];
    events[1].id = 93;
    events[1].act = ACT_AMEND_PERMIT;
    events[1].case_id = events[1].item_id = 0;
    events[1].at = at("2027-03-01", 9);
    events[1].effective_on = day("2027-03-01");
    events[1].document = SV("海市监许变〔2027〕3号");
    events[1].reason = SV("门牌号变更");
    events[1].basis = SV("行政许可法第四十九条");
    events[1].holder = SV("");
    events[1].address = SV("（示例）乌海市示例街5号");
    events[1].valid_until = day("2032-02-28");
    events[2] = events[1];
    events[2].id = 94;
    events[2].act = ACT_REVOKE_PERMIT;
    events[2].at = at("2027-06-01", 9);
    events[2].effective_on = day("2027-05-31");
    events[2].document = SV("海市监撤〔2027〕1号");
    events[2].reason = SV("以欺骗手段取得许可");
    events[2].basis = SV("行政许可法第六十九条第二款");
    events[2].address = SV("");
    b->permits = &permit;
    b->n_permits = 1;
    b->permit_events = events;
    b->n_permit_events = 3;
}

/* Everything that comes after `middle`, and then some. */
static void go_on(struct bundle *b)
{
    b->row.holder_name = SV("示例又改名旅馆");
    VERSIONS[1] = (struct form_version_row){ .round = 2, .replaced_at = at("2026-12-12", 9),
                                             .body = SV("{\"F_ENT_NAME\":\"示例新名称旅馆\"}") };
    b->n_versions = 2;
    b->n_rounds = 2;
    ROUNDS[1].row.state = SV("answered");
    ROUNDS[1].row.issued_at = at("2026-12-11", 9);
    ROUNDS[1].row.due_on = day("2027-01-20");
    ROUNDS[0].row.due_on = day("2027-01-08"); /* another calendar was imported */
    SPECIALS[0].closed_on = day("2026-12-01");
    SPECIALS[0].result = SV("检测合格");
    HEARINGS[0].asked_on = day("2026-12-04");
    HEARINGS[0].asked_by = SV("申请人");
    HEARINGS[0].hold_by = day("2027-01-05");
    HEARINGS[0].noticed_on = day("2026-12-05");
    HEARINGS[0].held_on = day("2026-12-17");
    HEARINGS[0].held_time = SV("上午9:00");
    HEARINGS[0].place = SV("示例听证室");
    HEARINGS[0].chair = SV("示例主持人");
    HEARINGS[0].minutes = SV("双方无异议");
    SPECIALS[1] = (struct special_row){
        .id = 32, .item_id = FOOD, .kind = SV("hearing"), .title = SV("听证"),
        .reason = SV("申请人"), .days = 20, .opened_on = day("2026-12-04"),
        .due_on = day("2027-01-05"), .closed_on = DATE_NONE };
    b->n_specials = 2;
    COMMITMENTS[0].state = SV("confirmed");
    COMMITMENTS[0].confirmed_on = day("2026-12-09");
    COMMITMENTS[0].item_id = FOOD;
    ITEMS[0].extended = true;
    ITEMS[0].special_due = DATE_NONE;
    VISITS[0].state = VISIT_CLOSED;
    EVENTS[6] = event(FOOD, "close_special", "special-31", at("2026-12-01", 9));
    EVENTS[7] = event(HEALTH, "withdraw", "ended-12", at("2026-12-20", 9));
    b->n_events = 8;
    inspect(b);
    decide(b);
    deliver(b);
    use_permit(b);
}

/* Lapsed, withdrawn, filed, deemed. */
static struct bundle other(void)
{
    struct bundle b = base("I07", "{}");
    ITEMS[0] = item(FOOD, "P-SPJYXK", "D-HBW-SCJG", ITEM_ENDED);
    ITEMS[1] = item(HEALTH, "P-GGWS", "D-HBW-WJW", ITEM_WITHDRAWN);
    ITEMS[2] = item(POLICE, "P-QX2", "D-WH-SCJG", ITEM_GRANTED);
    ITEMS[0].closed_on = day("2027-01-07");
    ITEMS[0].asked_round = 1;
    ITEMS[1].closed_on = day("2026-12-01");
    ITEMS[1].accepted_on = day("2026-11-23");
    ITEMS[1].accept_deemed = true;
    ITEMS[1].reason = SV("改在他处开店");
    ITEMS[2].accepted_on = ITEMS[2].closed_on = ITEMS[2].valid_from = day("2026-11-24");
    ITEMS[2].number = SV("蒙乌药监械经营备20260001号");
    b.items = ITEMS;
    b.n_items = 3;
    add_rounds(&b);
    return b;
}

#endif
