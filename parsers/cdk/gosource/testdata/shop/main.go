package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/shop/network"
)

const (
	prefix   = "Shop"
	ordersID = prefix + "Orders"
)

var tables = []string{"Users", "Carts"}

type DataProps struct {
	awscdk.StackProps
	Name string
}

type DataStack struct {
	awscdk.Stack
	Db    awsrds.DatabaseInstance
	queue awssqs.Queue
}

func NewDataStack(scope constructs.Construct, id string, props *DataProps) *DataStack {
	stack := awscdk.NewStack(scope, &id, nil)
	s := &DataStack{Stack: stack}
	s.Db = awsrds.NewDatabaseInstance(stack, jsii.String(ordersID), nil) // orders
	for i, name := range tables {
		awsdynamodb.NewTable(stack, jsii.String(fmt.Sprintf("%sTable%d", name, i)), nil) // tables
	}
	s.addQueue(props.Name)
	for i := 0; i < 2; i++ {
		awss3.NewBucket(stack, jsii.Sprintf("Bucket-%d", i), nil) // buckets
	}
	return s
}

func (s *DataStack) addQueue(name string) {
	s.queue = awssqs.NewQueue(s, jsii.String("Queue"+name), nil) // queue
	if name == "jobs" {
		awssqs.NewQueue(s.Stack, jsii.String("Dead"), nil) // dead
	}
}

func handler(scope constructs.Construct, id string) awslambda.Function {
	return awslambda.NewFunction(scope, jsii.String(id), nil) // handler
}

func deploy(app awscdk.App, stage string) {
	st := awscdk.NewStage(app, jsii.String(stage), nil)
	data := NewDataStack(st, "Data", &DataProps{Name: "jobs"})
	network.New(st, "Net")
	group := constructs.NewConstruct(data.Stack, jsii.String("Functions"))
	for _, f := range []struct{ id string }{{"Take"}, {id: "Show"}} {
		handler(group, f.id)
	}
	awssqs.NewQueue(data, jsii.String(os.Getenv("EXTRA")), nil)        // extra
	build := func(id string) { awss3.NewBucket(data.Stack, &id, nil) } // closure
	build("Logs")
}

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	for _, stage := range []string{"Dev", "Prod"} {
		deploy(app, stage)
	}
	app.Synth(nil)
}
