# Writes OUTPUT, a C++ file with the tables of PAGE (docs/accuracy.md) as MeasuredAccuracies() of accuracy.h.
# cmake -DPAGE=... -DOUTPUT=... -P read_accuracy.cmake
set(figure "([0-9,]+) · ([0-9.]+)[^|]*")
set(row "^\\| ([a-z0-9_]+) \\| ${figure}\\| ${figure}\\| ${figure}\\| ${figure}\\|")
set(heading "^\\*\\*(f32|f64|f16|bf16)\\*\\*, ([0-9,]+) inputs")
set(day "^(20[0-9-]+), `\\./dev prove --write")
file(STRINGS "${PAGE}" lines ENCODING UTF-8 REGEX "^(\\| [a-z0-9_]+ \\| [0-9]|\\*\\*|20)")

set(rows "")
set(measured "")
foreach(line IN LISTS lines)
  if(line MATCHES "${day}")
    set(measured "${CMAKE_MATCH_1}")
  elseif(line MATCHES "${heading}")
    set(dtype "${CMAKE_MATCH_1}")
    set(inputs "${CMAKE_MATCH_2}")
  elseif(line MATCHES "${row}")
    string(APPEND rows "      {\"${CMAKE_MATCH_1}\", \"${dtype}\", \"${inputs}\", {\"${CMAKE_MATCH_2}\", \"${CMAKE_MATCH_3}\"}, "
      "{\"${CMAKE_MATCH_4}\", \"${CMAKE_MATCH_5}\"}, {\"${CMAKE_MATCH_6}\", \"${CMAKE_MATCH_7}\"}, "
      "{\"${CMAKE_MATCH_8}\", \"${CMAKE_MATCH_9}\"}},\n")
  endif()
endforeach()
if(NOT rows OR NOT measured)
  message(FATAL_ERROR "${PAGE} has no table of accuracy that can be read")
endif()
file(WRITE "${OUTPUT}" "#include \"server/page/accuracy.h\"\n\nnamespace activation::page {\n
absl::Span<const MeasuredAccuracy> MeasuredAccuracies() {\n  static constexpr MeasuredAccuracy kRows[] = {\n${rows}  };\n  return kRows;\n}\n
absl::string_view DayOfMeasurement() { return \"${measured}\"; }\n\n}  // namespace activation::page\n")
