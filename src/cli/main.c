/* yizheng: the one program. Finds the subcommand and helps. */
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "service/describe.h"
#include "sys/files.h"

const struct command_line COMMANDS[] = {
    { "init", "yizheng init --data DIR [--demo] [--db URL]\n"
              "  建立数据目录：密钥、数据库、行业目录。--demo 另加示例人员和约 200 个示例办件。\n"
              "  可重复运行；已建好的目录不改动。\n", cmd_init },
    { "serve", "yizheng serve --data DIR --listen HOST:PORT [--db URL] [--public-url URL]\n"
               "              [--workers N] [--log-level debug|info|warn|error]\n"
               "              [--trust-proxy ADDRESS] [--test-clock FILE] [--archive-after DAYS]\n"
               "  提供接口、网页和定时任务。--db 默认用 DIR 里的 SQLite，也可写 postgres://…\n"
               "  --public-url 是印在二维码里的地址，默认 http://HOST:PORT。\n"
               "  --trust-proxy 是反向代理的地址：只信它写的 X-Forwarded-For（登录限速按客户端地址计）。\n"
               "  --archive-after 是办结后多少天自动归档（默认 30，0 不自动）；不齐全的留给人处理。\n"
               "  --test-clock 只用于示例数据目录，按文件中的偏移量移动时钟。\n", cmd_serve },
    { "catalog check", "yizheng catalog check FILE\n"
                       "  检查行业目录文件，列出全部问题（文件、JSON 指针、说明）。\n",
      cmd_catalog_check },
    { "catalog export", "yizheng catalog export --data DIR [--db URL] [--version 版本] [--out FILE]\n"
                        "  导出行业目录（默认现行版本）；文件名以 .xlsx 结尾就写成 Excel 工作簿，否则是 JSON。\n",
      cmd_catalog_export },
    { "catalog import", "yizheng catalog import [--out FILE] FILE\n"
                        "yizheng catalog import --data DIR [--db URL] --login NAME [--title 说明] FILE\n"
                        "  读取并检查 JSON 或 Excel 目录，列出全部问题（工作表、行、列或 JSON 指针）；\n"
                        "  没有问题就转换成另一种文件，或以该账号的名义建立一份目录草稿。\n",
      cmd_catalog_import },
    { "catalog diff", "yizheng catalog diff [--data DIR] [--db URL] A B\n"
                      "  比较两份目录：文件（JSON 或 Excel），或 v:版本、d:草稿编号（需要 --data）。\n"
                      "  没有差别退出码为 0，有差别为 1。\n",
      cmd_catalog_diff },
    { "verify", "yizheng verify [--trust FILE]… [--key FILE] [--data DIR] [--status FILE]… [--at YYYY-MM-DD] TEXT|FILE|-\n"
                "  离线核验二维码内容，不需要网络。信任谁：--trust 是信任名单（GET /api/v1/trust），\n"
                "  --key 是一个公钥（PEM），--data 是数据目录里公布的全部公钥，至少要给一种。\n"
                "  --status 是随身带的状态名单（GET /api/v1/status/0），用来判断是否已更新或失效；\n"
                "  给了而名单已过期时，退出码为 1。--at 按某一天核验（默认现在）。见 docs/offline-verification.md。\n"
                "yizheng verify FILE.ofd [--ca FILE | --data DIR]\n"
                "  核验电子证照：每个文件的摘要、电子印章和签章、证书链；根证书用 --ca 指定，或取自数据目录。\n",
      cmd_verify_any },
    { "archive verify", "yizheng archive verify FILE.zip [--trust FILE]… [--key FILE] [--data DIR] [--ca FILE]\n"
                        "  核对归档包：压缩包安全、文件完整、案卷齐全、清单签名、日志证明、电子签章，不需要服务和数据库。\n"
                        "  信任谁：信任名单、公钥（PEM）、数据目录里公布的公钥，或根证书；都不给就不能确定是谁签的，退出码为 1。\n"
                        "  见 docs/archive.md。\n", cmd_archive_verify },
    { "archive export", "yizheng archive export --data DIR [--db URL] (--all | --case 办件编号 | --closed-before 日期) 目标目录\n"
                        "  导出已归档办件的归档包，每个办件一个 ZIP；中断后再运行一次即可接着做，已导出且内容相符的跳过。\n"
                        "  每一份都登记为一次调阅。\n", cmd_archive_export },
    { "trust add", "yizheng trust add --data DIR [--db URL] FILE|-\n"
                   "  导入别的城市的信任名单（对方的 GET /api/v1/trust）：只收它自己的公钥，只认它自己的区划。\n"
                   "  请用电话等别的途径核对打印出来的公钥编号。\n", cmd_trust_add },
    { "trust list", "yizheng trust list --data DIR [--db URL] [--public-url URL] [--out FILE]\n"
                    "  列出受信任的机关和公钥；--out 写出本市签名的信任名单（--public-url 是写在里面的网址）。\n", cmd_trust_list },
    { "trust remove", "yizheng trust remove --data DIR [--db URL] 区划\n"
                      "  不再信任一个导入的机关。\n", cmd_trust_remove },
    { "log verify", "yizheng log verify --data DIR [--db URL]\n"
                    "  重算整个办理日志并与数据库逐项核对，找出被改动、删除、插入、倒填的记录。\n",
      cmd_log_verify },
    { "log head", "yizheng log head --data DIR [--db URL] [--out FILE]\n"
                  "  给日志现在的树头签名并写出（JSON），供别人保存，日后核对日志没有被改过。\n", cmd_log_head },
    { "log prove", "yizheng log prove --data DIR [--db URL] (--seq N | --licence 证号) [--size N] [--out FILE]\n"
                   "  写出一条记录（或证照现行版本的那一条）在日志里的证明；--size 是某个已签名树头的条数。\n", cmd_log_prove },
    { "log consistency", "yizheng log consistency --data DIR [--db URL] --from N [--to N] [--out FILE]\n"
                         "  写出证明：N 条时的日志是后来日志的开头。--to 默认是最新的已签名树头。\n", cmd_log_consistency },
    { "log check", "yizheng log check [--trust FILE]… [--key FILE] [--data DIR] [--head FILE] FILE|-\n"
                   "  离线核对一份证明（log prove、log consistency 或接口给出的）：树头的签名、路径、内容。\n"
                   "  信任谁同 yizheng verify；--head 是以前保存的树头，证明必须用它。不需要网络和数据库。\n", cmd_log_check },
    { "register rebuild", "yizheng register rebuild --data DIR [--db URL]\n"
                          "  按证照重新生成公示登记（见 docs/register.md）。服务可以照常运行。\n", cmd_register_rebuild },
    { "publicity export", "yizheng publicity export --data DIR [--db URL] --out FILE.csv|FILE.xlsx [--region CODE]\n"
                          "                         [--from 日期] [--to 日期]\n"
                          "  导出行政许可“双公示”数据（准予、不予、变更、撤销等决定，默认最近30天），并标出超过7个工作日的。\n",
      cmd_publicity_export },
    { "user add", "yizheng user add --data DIR [--db URL] --login NAME --name 姓名 --role ROLE\n"
                  "                 [--department CODE] [--region CODE] [--hall 大厅] [--email 邮箱]\n"
                  "                 [--head]\n"
                  "  新建工作人员账号（clerk、reviewer、bureau、government、admin；--head 部门负责人）；密码从标准输入读取一行。\n",
      cmd_user_add },
    { "calendar import", "yizheng calendar import --data DIR [--db URL] [--region CODE] [--year YEAR]\n"
                         "                        [--source 通知名称和文号] FILE|-\n"
                         "  载入一年的放假安排（JSON 或 CSV，见 docs/calendar.md），替换原有的这一年，\n"
                         "  并重新计算未办结的期限。不写 --region 是全国；运行中的服务一秒内生效。\n",
      cmd_calendar_import },
    { "calendar list", "yizheng calendar list --data DIR [--db URL]\n"
                       "  列出已有的年份：地区、是否已公布、依据。\n", cmd_calendar_list },
    { "calendar show", "yizheng calendar show --data DIR [--db URL] [--region CODE] [YEAR]\n"
                       "  列出一年的放假日和调休上班日（默认今年、全国）。\n", cmd_calendar_show },
    { "keys list", "yizheng keys list --data DIR\n"
                   "  列出各种密钥：编号、用途、启用和停用日期、是否作废。\n", cmd_keys_list },
    { "keys rotate", "yizheng keys rotate --data DIR [--overlap 天数]\n"
                     "  换一把新的证照签发密钥；旧密钥过渡这么多天（默认 30），继续公布，以前的证照永久可以核验。\n"
                     "  运行中的服务几秒内改用，不必重启。\n", cmd_keys_rotate },
    { "keys revoke", "yizheng keys revoke --data DIR [--db URL] --reason 原因 ID\n"
                     "  作废一把泄露的签发密钥，列出用它签发、需要换发的证照。\n", cmd_keys_revoke },
    { "keys rotate-data", "yizheng keys rotate-data --data DIR [--db URL]\n"
                          "  换一把新的数据密钥，并把数据库里的个人信息逐批重新加密；服务可以照常运行，中断后再运行一次即可接着做。\n",
      cmd_keys_rotate_data },
    { "keys passphrase", "yizheng keys passphrase --data DIR [--none]\n"
                         "  从标准输入读一行新口令，把所有私钥和密钥改用它保护；--none 改为不用口令。现有的口令仍由环境给出\n"
                         "  （见 docs/keys.md）。先停止所有节点，改好后按新口令启动。\n", cmd_keys_passphrase },
    { "docs", "yizheng docs --out DIR [--catalog FILE] [--base-url URL] [--industry CODE]\n"
              "  生成各行业的一次告知书、工作规范、窗口海报（PDF）和办理流程图（SVG），不需要数据目录。\n"
              "  默认用程序自带的行业目录；--base-url 是门户网址，印成二维码，不写就不印。\n", cmd_docs },
    { "sample-source", "yizheng sample-source --listen HOST:PORT [--fault slow|error|garbage]\n"
                       "  内置的示例数据源（企业登记、电子证照库），供联调、演练和测试，见 docs/data-sharing.md。\n"
                       "  --fault 让它答得很慢、报错或答非所问。\n", cmd_sample_source },
    { "process", "yizheng process\n  以 JSON 列出办理规则表：谁在什么状态下可以做什么、要满足什么、依据哪一条。\n", cmd_process },
    { "version", "yizheng version\n  打印程序版本和数据库结构版本。\n", cmd_version },
};
const size_t N_COMMANDS = sizeof COMMANDS / sizeof COMMANDS[0];

int cli_usage(const char *name, bool asked)
{
    FILE *out = asked ? stdout : stderr;
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (!name || strcmp(COMMANDS[i].name, name) == 0)
            fprintf(out, "%s%s", COMMANDS[i].usage, name ? "" : "\n");
    if (!name)
        fputs("退出码：0 完成；1 结论为否（目录有问题、证照是假的、日志被改动）；2 用法不对；\n"
              "        3 环境不允许（端口被占、目录不可写、数据库不可用或更新）；4 内部错误\n", out);
    return asked ? EXIT_OK : EXIT_USAGE;
}

static int exit_code(int code)
{
    switch (code) {
    case ERR_CONFIG:
    case ERR_IO:
    case ERR_DB:
    case ERR_FULL:
    case ERR_BUSY:
    case ERR_NOT_FOUND: return EXIT_ENVIRONMENT;
    case ERR_INVALID:
    case ERR_CONFLICT:
    case ERR_CORRUPT:
    case ERR_MALFORMED: return EXIT_NO;
    default: return EXIT_INTERNAL;
    }
}

int cli_fail(const struct err *e)
{
    for (size_t i = 0; i < e->n_problems; i++)
        fprintf(stderr, "%.*s：%.*s（%.*s）\n", (int)e->problems[i].pointer.n,
                e->problems[i].pointer.p, (int)e->problems[i].message.n,
                e->problems[i].message.p, (int)e->problems[i].code.n, e->problems[i].code.p);
    if (e->n_problems == 0)
        fprintf(stderr, "yizheng：%s\n", err_text(e));
    return exit_code(e->code);
}

void cli_progress(const char *what, int64_t done, int64_t total)
{
    enum { WIDTH = 30 };
    static int64_t last = -1;
    int64_t part = total > 0 ? done * WIDTH / total : WIDTH;
    if (!isatty(STDERR_FILENO)) {
        if (total > 0 && done * 10 / total != last) {
            last = done * 10 / total;
            fprintf(stderr, "%s %lld/%lld\n", what, (long long)done, (long long)total);
        }
        return;
    }
    fprintf(stderr, "\r%s [", what);
    for (int i = 0; i < WIDTH; i++)
        fputc(i < part ? '#' : '.', stderr);
    fprintf(stderr, "] %lld/%lld%s", (long long)done, (long long)total,
            done >= total ? "\n" : "");
}

bool cli_read_line(char *out, size_t cap)
{
    if (!fgets(out, (int)cap, stdin))
        return false;
    out[strcspn(out, "\r\n")] = 0;
    return true;
}

int cli_read(const char *path, struct arena *a, struct sv *out, struct err *e)
{
    struct buf b;
    char chunk[4096];
    size_t n;
    int rc = 0;
    buf_init(&b, (size_t)64 << 20);
    if (strcmp(path, "-") != 0)
        rc = file_read(path, &b, e);
    else
        while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
            buf_add(&b, chunk, n);
    if (rc == 0 && !buf_ok(&b))
        rc = err_set(e, ERR_TOO_LARGE, "输入太大");
    *out = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    return rc;
}

int cmd_process(int argc, char **argv)
{
    if (argc > 1)
        return cli_usage("process", argc == 2 && strcmp(argv[1], "--help") == 0);
    json_t *o = process_describe();
    int rc = json_dumpf(o, stdout, JSON_INDENT(1));
    json_decref(o);
    putchar('\n');
    return rc == 0 ? EXIT_OK : EXIT_ENVIRONMENT;
}

int cmd_version(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return cli_usage("version", argc == 2 && strcmp(argv[1], "--help") == 0);
    printf("yizheng %s\n数据库结构 SQLite %d，PostgreSQL %d\n", YZ_VERSION,
           db_schema_known(DB_SQLITE), db_schema_known(DB_POSTGRES));
    return EXIT_OK;
}

/* "log verify" takes two words, "serve" one: how many of argv make up the name, or 0. */
static int words_of(const struct command_line *c, int argc, char **argv)
{
    struct sv rest = sv_of(c->name);
    int n = 0;
    while (rest.n) {
        struct sv word = sv_cut(&rest, ' ');
        if (n + 1 >= argc || !sv_is(word, argv[n + 1]))
            return 0;
        n++;
    }
    return n;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    /* Large pieces (password hashing, documents) go back to the system when freed instead of
     * staying with whichever thread last had one. */
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        int n = words_of(&COMMANDS[i], argc, argv);
        if (n == 0)
            continue;
        for (int k = n + 1; k < argc; k++)
            if (strcmp(argv[k], "--help") == 0)
                return cli_usage(COMMANDS[i].name, true);
        return COMMANDS[i].run(argc - n, argv + n);
    }
    bool asked = argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (argc > 1 && !asked)
        fprintf(stderr, "yizheng：不认识的命令 %s\n\n", argv[1]);
    return cli_usage(NULL, asked);
}
