#include "reeve/report/style.h"

namespace reeve::report {
namespace {

constexpr std::string_view kLight =
    "--ink:#1b2330;--soft:#566173;--paper:#ffffff;--panel:#f5f7fa;--line:#d7dde5;--mark:#fff3dc;"
    "--edge:#a85400;--good:#176f3d;--c0:#1860c4;--c1:#b34a00;--c2:#187a4a;--c3:#8f2f8f;--c4:#"
    "5a6b00;"
    "--c5:#8a1c3a";
constexpr std::string_view kDark =
    "--ink:#e8ecf2;--soft:#a6b1c0;--paper:#12161d;--panel:#1b212b;--line:#323b49;--mark:#33270f;"
    "--edge:#ffb454;--good:#6fd39b;--c0:#76acff;--c1:#ffa45c;--c2:#66d19e;--c3:#e08be0;--c4:#"
    "c4d65c;"
    "--c5:#ff8fa8";

constexpr std::string_view kPictureRules =
    ".picture{font:14px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:var(--ink);"
    "display:block}\n"
    ".picture text{fill:var(--ink);font-variant-numeric:tabular-nums}"
    ".picture .soft{fill:var(--soft)}.picture .small{font-size:12px}"
    ".picture .tiny{font-size:9px}.picture .bold{font-weight:600}"
    ".picture "
    ".halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}\n"
    ".picture .axis{stroke:var(--soft);fill:none}.picture .grid{stroke:var(--line);fill:none}"
    ".picture .guide{stroke:var(--soft);stroke-dasharray:2 4;fill:none}"
    ".picture .threshold{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:6 3;fill:none}\n"
    ".picture .series{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}"
    ".picture .thick{stroke-width:3}.picture .error{stroke-width:1.5;fill:none}\n"
    ".picture .s0{stroke:var(--c0)}.picture .s1{stroke:var(--c1);stroke-dasharray:8 4}"
    ".picture .s2{stroke:var(--c2);stroke-dasharray:2 4}"
    ".picture .s3{stroke:var(--c3);stroke-dasharray:10 3 2 3}"
    ".picture .s4{stroke:var(--c4);stroke-dasharray:5 2}"
    ".picture .s5{stroke:var(--c5);stroke-dasharray:12 3 2 3 2 3}\n"
    ".picture .error,.picture .thin{stroke-dasharray:none}"
    ".picture .thin{stroke-width:1;stroke-opacity:.6}"
    ".picture .dot{stroke-width:1.6;stroke-dasharray:none}"
    ".picture .dot.s0{fill:var(--c0)}.picture .dot.s1{fill:var(--paper)}"
    ".picture .dot.s2{fill:var(--c2)}.picture .dot.s3{fill:var(--paper)}"
    ".picture .dot.s4{fill:var(--c4)}.picture .dot.s5{fill:var(--paper)}\n"
    ".picture .bar{fill:var(--c0);fill-opacity:.75;stroke:none}"
    ".picture .bar.s1{fill:var(--c1);fill-opacity:.28;stroke:var(--c1);stroke-dasharray:none}"
    ".picture .band{fill:var(--c0);fill-opacity:.14;stroke:none}"
    ".picture .cell{stroke:var(--line);stroke-width:.5}.picture .right{fill:var(--c0)}"
    ".picture .wrong{fill:var(--c1)}.picture "
    ".frame{fill:none;stroke:var(--ink);stroke-width:1.5}\n";

constexpr std::string_view kPageRules =
    "*{box-sizing:border-box}html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}\n"
    "body{font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:var(--ink);"
    "background:var(--paper);max-width:72rem;margin:0 auto;padding:1.25rem}\n"
    "h1{font-size:1.65rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}"
    "h2{font-size:1.25rem;margin:2.4rem 0 .5rem;padding-top:.6rem;border-top:1px solid var(--line)}"
    "h3{font-size:1rem;margin:1.2rem 0 .3rem}p{margin:.4rem 0;max-width:46rem}"
    ".lead,.note{color:var(--soft)}.note{font-size:.9rem}a{color:var(--c0)}\n"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.7rem;"
    "margin:1rem 0}.tile{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;"
    "padding:.6rem .8rem}.tile b{display:block;font-size:1.5rem;line-height:1.2;"
    "font-variant-numeric:tabular-nums}.tile "
    "span{display:block;font-size:.82rem;color:var(--soft)}\n"
    "nav{margin:1rem 0;padding:.6rem .9rem;background:var(--panel);border:1px solid var(--line);"
    "border-radius:.5rem}nav ol{margin:0;padding:0;list-style:none;display:flex;flex-wrap:wrap;"
    "gap:.15rem 1.1rem}nav a{display:inline-block;padding:.15rem 0}\n"
    "dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.2rem 1.2rem;"
    "margin:.5rem 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere;min-width:0}\n"
    ".scroll{overflow-x:auto;max-width:100%}table{border-collapse:collapse;font-size:.93rem;"
    "font-variant-numeric:tabular-nums}caption{text-align:left;color:var(--soft);padding:.2rem 0}"
    "th,td{text-align:left;padding:.32rem 1rem .32rem 0;border-bottom:1px solid var(--line);"
    "vertical-align:top;max-width:26rem;overflow-wrap:break-word;unicode-bidi:isolate}"
    "th{color:var(--soft);font-weight:600}.number{text-align:right;white-space:nowrap}"
    "tr.strong td{font-weight:600}\n"
    ".warnings{padding:0;margin:.6rem 0;list-style:none}.warnings li{background:var(--mark);"
    "border-left:.3rem solid var(--edge);padding:.5rem .8rem;margin:.5rem 0;overflow-wrap:anywhere}"
    ".warnings code{font-size:.85rem}.warnings .fix{display:block}\n"
    ".pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));"
    "gap:1.4rem;margin:.8rem 0}figure{margin:0;min-width:0}figcaption{font-size:.9rem;"
    "color:var(--soft);margin-top:.3rem}figure>svg{width:100%;max-width:36rem;height:auto}"
    "figure.wide{grid-column:1/-1;overflow-x:auto}figure.wide>svg{max-width:none;width:auto}\n"
    "td svg{vertical-align:middle}footer{margin-top:2.5rem;padding-top:.6rem;border-top:1px solid "
    "var(--line);color:var(--soft);font-size:.85rem}\n"
    "@media screen and (max-width:30rem){body{padding:.9rem}dl{grid-template-columns:1fr;gap:0}"
    "dd{margin:0 0 .45rem}.tiles{grid-template-columns:1fr 1fr}h1{font-size:1.35rem}"
    "td:first-child,th:first-child{position:sticky;left:0;background:var(--paper);max-width:45vw}"
    "td:last-child:not(.number){min-width:13rem}}\n"
    "@page{size:A4;margin:14mm}\n"
    "@media print{body{max-width:none;padding:0;font-size:10.5pt}nav a{color:inherit;"
    "text-decoration:none}figure,tr,.tile,.warnings li{break-inside:avoid}h2,h3{break-after:avoid}"
    ".pictures{grid-template-columns:1fr 1fr}.scroll{overflow:visible}figure.wide{overflow:visible}"
    "figure.wide>svg{max-width:100%;height:auto}table{font-size:8.5pt}th,td{padding-right:.6rem;"
    "max-width:16rem;"
    "overflow-wrap:break-word}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

// Paper is white whatever the screen was.
std::string Variables(std::string_view selector) {
  std::string rules(selector);
  rules += "{color-scheme:light dark;";
  rules += kLight;
  rules += "}\n@media screen and (prefers-color-scheme:dark){";
  rules += selector;
  rules += "{";
  rules += kDark;
  return rules + "}}\n";
}

}  // namespace

std::string_view PictureRules() { return kPictureRules; }

std::string StandaloneStyle() {
  return Variables(".picture") + std::string(kPictureRules) + ".picture .paper{fill:var(--paper)}";
}

std::string PageStyle() {
  return Variables(":root") + std::string(kPictureRules) + std::string(kPageRules);
}

std::string SeriesClass(std::size_t series_idx) {
  return "s" + std::to_string(series_idx % kSeriesStyles);
}

}  // namespace reeve::report
