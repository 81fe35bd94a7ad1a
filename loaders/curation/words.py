"""What the curator's tools say, in English and Korean.

The site's words live in its catalogues; the tools stand below the site and may not
reach up to them, so their few sentences stand here, side by side.
"""

from __future__ import annotations

import os

from loaders.package import Lang

#: Key → (English, Korean); ``{name}`` is filled in.
TEXTS: dict[str, tuple[str, str]] = {
    # the commands and their options
    "help.cli": (
        "Keep the data: add, import, compare, check and publish facts.",
        "데이터 관리: 사실의 추가, 가져오기, 비교, 검사, 반영.",
    ),
    "help.add": (
        "Add one fact with its source, by answering questions or with --set.",
        "출처가 있는 사실 한 건 추가(질문에 답하거나 --set 사용).",
    ),
    "help.import": (
        "Take over rows from CSV or XLSX files: shows a diff, writes with --apply.",
        "CSV·XLSX 파일의 행 가져오기: 변경 내용을 먼저 보이고 --apply로 기록.",
    ),
    "help.diff": (
        "Show what changed between two folders or git revisions.",
        "두 폴더 또는 git 리비전 사이의 변경 내용 표시.",
    ),
    "help.stale": (
        "List what time has overtaken: windows, pilots, statuses, plans, pages.",
        "시일이 지난 항목 목록: 접수기간, 실증, 현황, 계획, 페이지.",
    ),
    "help.coverage": (
        "Show what is missing where: place, sector, stage, columns.",
        "어디에 무엇이 부족한지 표시: 지역, 분야, 단계, 열.",
    ),
    "help.audit": (
        "Draw facts for a second look, and report what it found.",
        "사실을 무작위로 뽑아 재확인하고 결과를 문서로 작성.",
    ),
    "help.audit.draw": (
        "List drawn facts with their pages, for the person who reads them again.",
        "다시 읽을 사람을 위해 뽑힌 사실과 출처 페이지를 나열.",
    ),
    "help.audit.report": (
        "Write docs/audit.md from audits.csv.",
        "audits.csv로 docs/audit.md 작성.",
    ),
    "help.seed": (
        "Eight digits, set before any page is read; the same seed draws the same facts.",
        "페이지를 읽기 전에 정한 여덟 자리 숫자. 시드가 같으면 추첨 결과도 같음.",
    ),
    "help.count": ("How many facts to list.", "나열할 사실의 수."),
    "help.link": (
        "List organisations that are likely the same.",
        "동일 기관으로 보이는 쌍의 목록.",
    ),
    "help.check": ("Validate all tables; change nothing.", "모든 표 검사(변경 없음)."),
    "help.build": (
        "Validate all tables and make them the current snapshot.",
        "모든 표를 검사하고 현재 스냅샷으로 반영.",
    ),
    "help.boundaries": (
        "Derive the simplified boundaries again (development only).",
        "단순화한 경계를 다시 생성(개발용).",
    ),
    "help.lang": (
        "ko or en; otherwise the environment's language.",
        "ko 또는 en. 없으면 환경 언어.",
    ),
    "help.json": ("Write JSON to standard output.", "JSON으로 출력."),
    "help.add.table": ("Table, e.g. pilots.", "표 이름(예: pilots)."),
    "help.set": (
        "column=value; repeat for more columns. Names may stand for ids.",
        "열=값. 여러 번 사용 가능. 식별자 대신 명칭도 가능.",
    ),
    "help.milestone": (
        "A milestone of the new pilot: stage@date or stage@date/publication; repeatable.",
        "새 실증의 이정표: 단계@날짜 또는 단계@날짜/publication. 반복 가능.",
    ),
    "help.investor": (
        "An investor of the new round; repeatable.",
        "새 라운드의 투자자. 반복 가능.",
    ),
    "help.url": ("Web address of the page that states the fact.", "사실이 실린 페이지의 웹 주소."),
    "help.publisher": (
        "Its publisher (English name, or any name already known).",
        "발행처(영문 명칭 또는 이미 등록된 명칭).",
    ),
    "help.publisher-ko": ("The publisher's Korean name, when new.", "새 발행처의 국문 명칭."),
    "help.inferred": (
        "The publisher's Korean name is the curator's own.",
        "발행처 국문 명칭을 편집자가 보완함.",
    ),
    "help.published": ("Date printed on the page.", "페이지에 표시된 게시일."),
    "help.source-language": ("Language of the page.", "페이지의 언어."),
    "help.ask": (
        "Ask for the columns; the default without --set.",
        "열을 하나씩 질문. --set이 없을 때의 기본값.",
    ),
    "help.not-duplicate": (
        "The fact is a different one, though it looks like another row.",
        "다른 행과 비슷하지만 별개의 사실임.",
    ),
    "help.dry-run": ("Check and show, but do not write.", "검사하고 보이기만 함(기록 없음)."),
    "help.questions": (
        "Keep doubts that the checks raise as open questions for readers.",
        "검사에서 나온 의문을 독자용 미해결 질문으로 남김.",
    ),
    "help.files": (
        "Files; columns as in the table, a workbook may have one sheet for each table.",
        "파일. 열 이름은 표와 같음. 통합 문서는 표마다 시트 하나.",
    ),
    "help.table": (
        "Table of the rows; otherwise the file's or sheet's name.",
        "행이 속한 표. 없으면 파일·시트 이름.",
    ),
    "help.apply": ("Write the rows.", "행을 기록."),
    "help.before": ("Folder or git revision.", "폴더 또는 git 리비전."),
    "help.after": (
        "Folder or git revision; . is the working copy.",
        "폴더 또는 git 리비전. 마침표(.)는 작업 중인 데이터.",
    ),
    "help.full": ("List every column of new rows.", "새 행의 모든 열 표시."),
    "help.window-days": (
        "Days after the newest known window closed.",
        "알려진 마지막 접수 마감 후 일수.",
    ),
    "help.status-years": ("Years after which a status is old.", "현황이 오래된 것으로 보는 연수."),
    "help.source-years": ("Years after which a page is old.", "페이지가 오래된 것으로 보는 연수."),
    "help.today": ("Day to count from (YYYY-MM-DD).", "기준일(YYYY-MM-DD)."),
    "help.all": ("List everything.", "모두 표시."),
    "help.all-columns": ("List all columns, not only thin ones.", "모든 열 표시."),
    "help.municipalities": ("Cities and counties, not provinces.", "시도 대신 시군구 단위."),
    "help.different": (
        "Record two ids as two different organisations.",
        "두 식별자를 서로 다른 기관으로 기록.",
    ),
    "help.why": ("Reason for --different.", "--different의 근거."),
    # refusals and results
    "refused": (
        "{count} problem(s); nothing was written.",
        "문제 {count}건. 기록하지 않았습니다.",
    ),
    "written": ("Written: {files}", "기록함: {files}"),
    "dry": (
        "Dry run: nothing was written. Repeat with --apply to write it.",
        "시험 실행: 기록하지 않았습니다. 기록하려면 --apply를 붙이십시오.",
    ),
    "dry-add": (
        "All rules pass; with --dry-run nothing was written.",
        "모든 규칙을 통과했습니다. --dry-run이므로 기록하지 않았습니다.",
    ),
    "changed-meanwhile": (
        "{file} was changed by somebody else meanwhile: run the command again.",
        "그 사이 다른 사람이 {file}을(를) 변경했습니다. 명령을 다시 실행하십시오.",
    ),
    "more": ("… and {count} more (--all)", "… 외 {count}건(--all)"),
    "no-table": (
        "There is no table “{name}”; meant is perhaps: {meant}.",
        "“{name}” 표는 없습니다. 혹시 다음 표입니까: {meant}.",
    ),
    # add
    "add.set-form": (
        "--set “{text}”: write column=value, for example --set sector=mobility.",
        "--set “{text}”: 열=값으로 쓰십시오(예: --set sector=mobility).",
    ),
    "add.no-column": (
        "--set {column}: {table} has no such column; use {meant}.",
        "--set {column}: {table}에 없는 열입니다. 다음 중에서 쓰십시오: {meant}.",
    ),
    "add.option": (
        "{option} belongs to “add {table}”.",
        "{option}은(는) “add {table}”에만 씁니다.",
    ),
    "add.no-source": (
        "A fact needs the page that states it: add --source-url, --publisher and --published.",
        "사실에는 출처 페이지가 필요합니다. --source-url, --publisher, --published를 붙이십시오.",
    ),
    "add.no-id": (
        "No key could be made from these values: give it with --set ({columns}).",
        "값에서 식별자를 만들 수 없습니다. --set으로 지정하십시오({columns}).",
    ),
    "add.taken": (
        "{table} has a row {key} already: change that row with “import”, or give another key.",
        "{table}에 {key} 행이 이미 있습니다. “import”로 그 행을 고치거나 다른 식별자를 쓰십시오.",
    ),
    "ask.required": ("required", "필수"),
    "ask.optional": ("Enter leaves it empty", "Enter: 빈칸"),
    "ask.several": ("several with commas", "쉼표로 여러 개"),
    "ask.needed": ("This column must be filled.", "반드시 입력해야 하는 열입니다."),
    "ask.meant": (
        "“{text}” is not known as such. Which one? (number, other words, - for none)",
        "“{text}”(으)로 등록된 것이 없습니다. 어느 것입니까? (번호, 다른 말, 없으면 -)",
    ),
    "ask.no-code": (
        "Nothing in {table} is like “{text}”: try other words.",
        "{table}에 “{text}”와(과) 비슷한 것이 없습니다. 다른 말로 찾으십시오.",
    ),
    "ask.unknown": (
        "Nothing in {table} is like “{text}”: stop with Ctrl+C and add it first "
        "(python -m loaders add {table}), or try other words.",
        "{table}에 “{text}”와(과) 비슷한 것이 없습니다. Ctrl+C로 중단하고 먼저 추가하거나"
        "(python -m loaders add {table}) 다른 말로 찾으십시오.",
    ),
    "ask.milestone": (
        "Milestone {number} (an empty stage ends the list)",
        "이정표 {number}(단계를 비우면 입력 끝)",
    ),
    "ask.investor": ("Investor {number} (empty: no more)", "투자자 {number}(비우면 입력 끝)"),
    "ask.write": ("Write this?", "기록하시겠습니까?"),
    "ask.stopped": ("Nothing was written.", "기록하지 않았습니다."),
    "page.known": (
        "Known page: {publisher}, {published} ({source_id})",
        "등록된 페이지: {publisher}, {published}({source_id})",
    ),
    "page.inferred": (
        "Is one of the publisher's names your own translation?",
        "발행처 명칭 중 하나를 직접 번역하셨습니까?",
    ),
    # duplicates
    "duplicate": ("Looks like {key}: {why}.", "{key} 행과 비슷합니다: {why}."),
    "duplicate.mend": (
        "If it is the same fact, leave it, or change that row with “import”; "
        "if it is another, repeat with --not-duplicate.",
        "같은 사실이면 추가하지 말고 필요하면 “import”로 그 행을 고치십시오. "
        "다른 사실이면 --not-duplicate를 붙여 다시 실행하십시오.",
    ),
    "duplicate.ask": ("Is it a different one all the same?", "그래도 다른 사실입니까?"),
    "why.same-name-ko": ("same Korean name", "국문 명칭 동일"),
    "why.same-name-en": ("same English name", "영문 명칭 동일"),
    "why.like-name-ko": ("similar Korean name", "국문 명칭 유사"),
    "why.like-name-en": ("similar English name", "영문 명칭 유사"),
    "why.same-website": ("same website", "누리집 동일"),
    "why.same-technology": (
        "same company, similar technology, same or unknown place",
        "같은 기업, 유사 기술, 같은 곳 또는 장소 미상",
    ),
    "why.same-host": ("same company at the same host", "같은 기업, 같은 수요기관"),
    "why.same-stage": ("same stage of the same pilot", "같은 실증의 같은 단계"),
    "why.same-round": (
        "same company and round at about the same time",
        "같은 기업, 같은 라운드, 비슷한 시기",
    ),
    "why.same-amount": (
        "same company and amount at about the same time",
        "같은 기업, 같은 금액, 비슷한 시기",
    ),
    "why.same-values": ("says the same of the same", "같은 대상에 대한 같은 내용"),
    # doubts
    "doubt": ("A doubt: {question}", "의문: {question}"),
    "doubt.gone": (
        "Answered by this change: {question}",
        "이 변경으로 해소되는 질문: {question}",
    ),
    "doubt.mend": (
        "Look at the page again. If it says so, repeat with --open-questions: readers will see "
        "the question.",
        "페이지를 다시 확인하십시오. 그대로라면 --open-questions를 붙여 다시 실행하십시오. "
        "질문이 독자에게 표시됩니다.",
    ),
    "doubt.ask": ("Keep this as open questions?", "미해결 질문으로 남기시겠습니까?"),
    # import
    "import.twice": (
        "the same key as in row {row} of the file: keep one of them.",
        "파일의 {row}행과 식별자가 같습니다. 하나만 남기십시오.",
    ),
    "sheet.missing": ("there is no such file.", "파일이 없습니다."),
    "sheet.encoding": (
        "not UTF-8: save it as “CSV UTF-8” or as XLSX.",
        "UTF-8이 아닙니다. “CSV UTF-8” 또는 XLSX로 저장하십시오.",
    ),
    "sheet.delimiter": (
        "the cells are not separated by commas: save it as “CSV UTF-8 (comma)” or as XLSX.",
        "쉼표로 구분된 파일이 아닙니다. “CSV UTF-8(쉼표로 분리)” 또는 XLSX로 저장하십시오.",
    ),
    "sheet.ragged": (
        "{cells} cells where the header has {header}: put texts with commas in quotation marks.",
        "머리글은 {header}칸인데 이 행은 {cells}칸입니다. 쉼표가 든 글은 따옴표로 묶으십시오.",
    ),
    "sheet.xlsx": (
        "not readable as XLSX: open it in the spreadsheet and save it again.",
        "XLSX로 읽을 수 없습니다. 스프레드시트에서 열어 다시 저장하십시오.",
    ),
    "sheet.no-table": (
        "which table? Name the file or sheet after it, or give --table: {tables}.",
        "어느 표입니까? 파일·시트 이름을 표 이름으로 하거나 --table을 쓰십시오: {tables}.",
    ),
    "sheet.formula": (
        "a formula: paste its value instead (paste special, values).",
        "수식입니다. 값으로 붙여 넣으십시오(선택하여 붙여넣기 → 값).",
    ),
    "sheet.error": (
        "the spreadsheet's error {value}: type the value.",
        "스프레드시트 오류 {value}. 값을 직접 입력하십시오.",
    ),
    "sheet.month": (
        "the spreadsheet made the day {value} of it: format the column as text and type the "
        "date as the page prints it (2021, 2021-07 or 2021-07-22).",
        "스프레드시트가 {value}(으)로 바꾸었습니다. 열 서식을 텍스트로 하고 페이지에 적힌 대로"
        "(2021, 2021-07 또는 2021-07-22) 다시 입력하십시오.",
    ),
    "sheet.serial": (
        "{value} is a spreadsheet's day number (perhaps {date}): format the column as text and "
        "type the date again.",
        "{value}은(는) 스프레드시트의 날짜 일련번호입니다(아마 {date}). 열 서식을 텍스트로 하고 "
        "날짜를 다시 입력하십시오.",
    ),
    "sheet.digits": (
        "{value} has lost digits in the spreadsheet: format the column as text and type it again.",
        "{value}: 스프레드시트에서 자릿수가 손실되었습니다. "
        "열 서식을 텍스트로 하고 다시 입력하십시오.",
    ),
    "sheet.zeros": (
        "{value} has lost its leading zeros (perhaps {meant}): format the column as text.",
        "{value}: 앞의 0이 사라졌습니다(아마 {meant}). 열 서식을 텍스트로 하십시오.",
    ),
    "sheet.twice": ("this column appears twice.", "열이 두 번 나옵니다."),
    "sheet.column": (
        "no such column; meant is perhaps: {meant}.",
        "없는 열입니다. 혹시 다음 열입니까: {meant}.",
    ),
    "sheet.computed": (
        "this column is computed from {column}: delete it.",
        "{column}에서 계산되는 열입니다. 삭제하십시오.",
    ),
    # how to mend what the rules find
    "hint.meant": ("Meant is perhaps: {meant}.", "혹시 다음입니까: {meant}."),
    "hint.point": (
        "The point given is latitude {lat}, longitude {lon}.",
        "입력한 좌표는 위도 {lat}, 경도 {lon}입니다.",
    ),
    "mend.code": (
        "“{value}” is no code of {column}. Allowed: {codes}.",
        "“{value}”은(는) {column}에 없는 코드입니다. 가능한 값: {codes}.",
    ),
    "mend.required": (
        "{column} must be filled.",
        "{column}은(는) 반드시 채워야 합니다.",
    ),
    "mend.whole": (
        "“{value}” in {column}: write a whole number in digits only, without commas or units.",
        "{column}의 “{value}”: 쉼표나 단위 없이 숫자만 쓰십시오.",
    ),
    "mend.number": (
        "“{value}” in {column}: write a number such as 37.5665.",
        "{column}의 “{value}”: 37.5665처럼 숫자로 쓰십시오.",
    ),
    "mend.boolean": (
        "“{value}” in {column}: write true or false.",
        "{column}의 “{value}”: true 또는 false로 쓰십시오.",
    ),
    "mend.date": (
        "“{value}” in {column} is not a date: write 2024, 2024-03 or 2024-03-15, only as exact "
        "as the page.",
        "{column}의 “{value}”은(는) 날짜가 아닙니다. 페이지에 적힌 만큼만 2024, 2024-03 또는 "
        "2024-03-15로 쓰십시오.",
    ),
    "mend.form": (
        "“{value}” in {column} does not have the form {form}.",
        "{column}의 “{value}”은(는) 형식({form})에 맞지 않습니다.",
    ),
    "mend.range": (
        "{value} in {column} lies outside {low} to {high}: check the number.",
        "{column}의 {value}은(는) {low}~{high} 범위를 벗어납니다. 숫자를 확인하십시오.",
    ),
    "mend.low": (
        "{value} in {column} is impossible: it cannot be less than {low}.",
        "{column}의 {value}은(는) 불가능한 값입니다. {low}보다 작을 수 없습니다.",
    ),
    "mend.reference": (
        "“{value}” in {column} is not in {other}: add it first (python -m loaders add {other}), or "
        "use the {key} of an existing row.",
        "{column}의 “{value}”은(는) {other}에 없습니다. 먼저 추가하거나(python -m loaders add "
        "{other}) 기존 행의 {key}을(를) 쓰십시오.",
    ),
    "mend.vocabulary": (
        "“{value}” in {column} is not in {other}: use one of its codes.",
        "{column}의 “{value}”은(는) {other}에 없습니다. 그 표의 코드를 쓰십시오.",
    ),
    "mend.language": (
        "{column} is empty, but the other language is filled: give the text in both languages.",
        "{column}이(가) 비어 있습니다. 다른 언어가 채워져 있으므로 두 언어를 모두 쓰십시오.",
    ),
    "mend.together": (
        "{column} is empty, but {filled} is filled: fill both or none.",
        "{filled}이(가) 채워져 있으므로 {column}도 채우십시오. 아니면 둘 다 비우십시오.",
    ),
    "mend.order": (
        "{value} in {column} lies before {start} ({first}): check both dates on the page.",
        "{column}의 {value}이(가) {start}({first})보다 앞섭니다. "
        "두 날짜를 페이지에서 확인하십시오.",
    ),
    "mend.same": (
        "There is a row with the same {keys} already ({value}): change that row, or give another "
        "value.",
        "{keys} 값이 같은 행이 이미 있습니다({value}). 그 행을 고치거나 다른 값을 쓰십시오.",
    ),
    "mend.highest": (
        "{column} says “{value}”, but the highest milestone is “{stage}”: leave the stage out, "
        "or add the milestone that is missing.",
        "{column}은(는) “{value}”이지만 가장 높은 이정표는 “{stage}”입니다. 단계를 비워 두거나 "
        "빠진 이정표를 추가하십시오.",
    ),
    "mend.no-milestone": (
        "A pilot needs at least one milestone: add --milestone stage@date, for example "
        "--milestone selected@2024-03.",
        "실증에는 이정표가 하나 이상 필요합니다. --milestone 단계@날짜를 붙이십시오"
        "(예: --milestone selected@2024-03).",
    ),
    "mend.basis": (
        "{column} is “{value}”: write event or publication when there is a date, none when there "
        "is not.",
        "{column}이(가) “{value}”입니다. 날짜가 있으면 event 또는 publication, 없으면 none으로 "
        "쓰십시오.",
    ),
    "mend.outcome": (
        "“{value}” in {column} is an outcome measure of programmes, not a stage of a pilot: "
        "choose a step of the ladder.",
        "{column}의 “{value}”은(는) 사업 성과 지표이지 실증 단계가 아닙니다. 단계를 고르십시오.",
    ),
    "mend.point": (
        "The point lies in {found}, not in {stated}: check latitude and longitude (they may be "
        "swapped) or the province.",
        "좌표가 {stated}이(가) 아니라 {found}에 있습니다. 위도와 경도(서로 바뀌었을 수 있음) 또는 "
        "시도를 확인하십시오.",
    ),
    "mend.municipality": (
        "The municipality {value} lies in {found}: correct the province or the municipality.",
        "시군구 {value}은(는) {found}에 속합니다. 시도 또는 시군구를 고치십시오.",
    ),
    "mend.abroad": (
        "A Korean province is given, but the country is {country}: leave {column} empty.",
        "국가가 {country}인데 국내 시도가 적혀 있습니다. {column}을(를) 비우십시오.",
    ),
    "mend.subject": (
        "An event befell one organisation or one testbed: fill exactly one of org_id and "
        "testbed_id.",
        "사건의 대상은 기관 하나 또는 테스트베드 하나입니다. org_id와 testbed_id 중 하나만 "
        "채우십시오.",
    ),
    "mend.equity": (
        "An equity round needs its amount; if the page does not state it, set amount_kind to "
        "undisclosed.",
        "지분 투자에는 금액이 필요합니다. "
        "페이지에 금액이 없으면 amount_kind를 undisclosed로 하십시오.",
    ),
    "mend.undisclosed": (
        "An amount is given, so it is not undisclosed: set amount_kind to equity-round or another "
        "kind.",
        "금액이 있으므로 미공개가 아닙니다. amount_kind를 equity-round 등으로 하십시오.",
    ),
    "mend.lead": (
        "The lead investor {value} must be among the investors of the round: add --investor "
        "{value}.",
        "주도 투자자 {value}이(가) 라운드 투자자에 없습니다. --investor {value}를 붙이십시오.",
    ),
    "mend.role": (
        "The organisation acts as {role}: add that to its roles.",
        "{role} 역할로 참여하는 기관입니다. 역할에 추가하십시오.",
    ),
    "mend.urban": (
        "{column} differs from that of the programme: leave it out, it is taken from there.",
        "{column} 값이 사업의 값과 다릅니다. 비워 두면 사업의 값을 가져옵니다.",
    ),
    "mend.twice": (
        "The amount is part of {total}, which is counted already: set is_additive to false.",
        "이미 집계되는 {total}의 일부입니다. is_additive를 false로 하십시오.",
    ),
    "mend.cycle": (
        "The row stands above itself: correct {column}.",
        "행이 자신의 상위로 되어 있습니다. {column}을(를) 고치십시오.",
    ),
    "mend.primary": (
        "{other} is the primary count of this series and stage already: set is_primary to false.",
        "이 계열·단계의 대표 값은 이미 {other}입니다. is_primary를 false로 하십시오.",
    ),
    "mend.unused-page": (
        "No fact refers to this page: add the page together with a fact (--source-url).",
        "이 페이지를 출처로 하는 사실이 없습니다. 사실과 함께 추가하십시오(--source-url).",
    ),
    "mend.other": (
        "{column}: {reason}{value}. Correct it, or add what is missing.",
        "{column}: {reason}{value}. 고치거나 빠진 것을 추가하십시오.",
    ),
    # diff, stale, coverage, link
    "diff.counts": (
        "{added} added, {changed} changed, {removed} removed",
        "추가 {added}, 변경 {changed}, 삭제 {removed}",
    ),
    "diff.row": ("Row", "행"),
    "diff.column": ("Column", "열"),
    "diff.before": ("Before", "이전"),
    "diff.after": ("After", "이후"),
    "diff.none": ("No differences.", "변경 내용이 없습니다."),
    "diff.revision": (
        "Neither a folder with a datapackage.json nor a git revision: {reason}",
        "datapackage.json이 있는 폴더도 git 리비전도 아닙니다: {reason}",
    ),
    "diff.unreadable": ("The data cannot be read: {reason}", "데이터를 읽을 수 없습니다: {reason}"),
    "stale.name": ("Name", "명칭"),
    "stale.since": ("Date", "날짜"),
    "stale.days": ("Days past", "경과 일수"),
    "stale.window": (
        "Programmes: last known window closed, no later one known",
        "지원사업: 마지막 접수 마감 후 다음 회차 미확인",
    ),
    "stale.pilot": ("Pilots: ended, no outcome known", "실증: 종료일 경과, 결과 미확인"),
    "stale.status": ("Testbeds: old status", "테스트베드: 오래된 현황"),
    "stale.status-undated": (
        "Testbeds: still to come, status undated",
        "테스트베드: 예정 상태, 기준일 없음",
    ),
    "stale.opening": (
        "Testbeds: should have opened, not stated as open",
        "테스트베드: 개소 연도 경과, 개소 미확인",
    ),
    "stale.plan": (
        "Public money: planned for years that are over, nothing spent known",
        "공공 재원: 계획 연도 경과, 집행 미확인",
    ),
    "stale.source": ("Sources: old pages", "출처: 오래된 페이지"),
    "stale.none": ("Nothing is stale.", "시일이 지난 항목이 없습니다."),
    "coverage.place": ("Place", "지역"),
    "coverage.total": ("Total", "합계"),
    "coverage.unknown": ("Unknown or abroad", "미상·해외"),
    "coverage.by-stage": (
        "Pilots by place and highest stage",
        "지역·최고 단계별 실증",
    ),
    "coverage.by-sector": ("Pilots by place and sector", "지역·분야별 실증"),
    "coverage.table": ("Table", "표"),
    "coverage.filled": ("Filled", "채움"),
    "coverage.thin": ("Columns filled in less than half of the rows", "절반 미만만 채워진 열"),
    "coverage.columns": ("Columns by share of filled rows", "열별 채움 비율"),
    "audit.draw": ("Draw", "순번"),
    "audit.page": ("Page", "페이지"),
    "audit.next": (
        "Read the pages in this order until {wanted} could be read; record each draw in "
        "audits.csv, those that could not be read too.",
        "이 순서대로 {wanted}건을 읽을 때까지 확인하고, 읽지 못한 건도 포함하여 audits.csv에 모두 "
        "기록하십시오.",
    ),
    "link.score": ("Score", "점수"),
    "link.left": ("Organisation", "기관"),
    "link.right": ("and", "상대 기관"),
    "link.reasons": ("Why", "근거"),
    "link.none": ("No likely pairs.", "동일 기관으로 보이는 쌍이 없습니다."),
    "link.next": (
        "Two after all? link --different ID ID --why REASON",
        "서로 다른 기관이면: link --different 식별자 식별자 --why 근거",
    ),
    "link.unknown": (
        "There is no organisation {key}: use ids as “link” lists them.",
        "{key} 기관이 없습니다. “link”가 보이는 식별자를 쓰십시오.",
    ),
    "link.why": (
        "Say why they are two: --why “different founders and sites”.",
        "서로 다른 근거를 쓰십시오: --why “대표·누리집이 다름”.",
    ),
}


def language(choice: str | None) -> Lang:
    """The curator's language: ``choice``, else that of the environment (LC_ALL … LANG)."""
    settings = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = choice or next((setting for setting in settings if setting), "")
    return "ko" if wanted.lower().startswith("ko") else "en"


class Words:
    """The texts in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of ``key`` with its blanks filled."""
        return TEXTS[key][self.lang == "ko"].format(**values)
