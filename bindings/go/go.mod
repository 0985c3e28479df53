module stele.dev/stele

go 1.19
