# A static binary on nothing else: no shell, no package manager, no root.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X github.com/wacheck/wacheck/internal/cli.stamped=${VERSION}" -o /wacheck ./cmd/wacheck

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /wacheck /wacheck
WORKDIR /src
ENTRYPOINT ["/wacheck"]
